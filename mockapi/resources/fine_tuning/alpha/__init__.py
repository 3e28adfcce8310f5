"""What the API calls alpha in fine-tuning. `client.fine_tuning.alpha`."""
