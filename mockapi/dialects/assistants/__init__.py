"""Assistants: from a run and its thread to a prompt, and from answers to steps, messages and the events of a stream."""
