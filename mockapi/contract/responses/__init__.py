"""The Responses API: what a client may send, and what it gets back."""
