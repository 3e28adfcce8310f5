"""Realtime: sessions, the items of a conversation, the events of a client, and the requests around them."""
