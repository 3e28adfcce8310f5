"""The Assistants API, version 2: what a client may send, and what it gets back."""
