"""Realtime: sessions and conversations read into prompts, answers told as items and events, and the beta's way of telling them."""
