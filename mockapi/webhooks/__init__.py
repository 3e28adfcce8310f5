"""Webhooks: the API's events, signed and sent to whoever asked for them (api-facts G.11).

`emit` is all that a resource needs: what is then sent, tried again and given up goes on beside the requests.
"""

from mockapi.webhooks.endpoints import Endpoint, endpoint, signature
from mockapi.webhooks.outbox import Outbox, adopt, deliver, deliveries, drop, emit, written

__all__ = ["Endpoint", "Outbox", "adopt", "deliver", "deliveries", "drop", "emit", "endpoint", "signature", "written"]
