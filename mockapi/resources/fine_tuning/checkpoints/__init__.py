"""Checkpoints of fine-tuned models. `client.fine_tuning.checkpoints`."""
