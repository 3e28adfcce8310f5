"""Realtime: sessions over WebSockets, and the requests around them. `client.realtime`."""
