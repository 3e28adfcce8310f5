"""Webhooks: the API's events, signed and sent to whoever asked for them (api-facts G.11).

`emit` is all that a resource needs: it returns at once, and what is then sent, tried again and given up goes on beside the requests.
"""

from mockapi.webhooks.endpoints import Endpoint, endpoint, signature
from mockapi.webhooks.outbox import Delivery, Outbox, emit

__all__ = ["Delivery", "Endpoint", "Outbox", "emit", "endpoint", "signature"]
