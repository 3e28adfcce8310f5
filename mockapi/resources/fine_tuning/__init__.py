"""Fine-tuning. `client.fine_tuning`."""
