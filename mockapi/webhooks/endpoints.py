"""Endpoints: where events are sent, which of them, how they are signed, and what goes wrong on the way if that is asked for."""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, Literal, get_args

from mockapi.clock import SECOND
from mockapi.contract.webhooks import EVENT_TYPES
from mockapi.records import record
from mockapi.seed import Stream
from mockapi.settings import URL

Fault = Literal["bad_signature", "duplicate", "out_of_order"]
FAULTS: tuple[str, ...] = get_args(Fault)
_PREFIX = "whsec_"
# The longest delay, in seconds: as long as the API goes on trying.
_LONGEST = 72 * 3600


@record
class Endpoint:
    """`events` are the types it gets, all of them if it is empty; `delay` is how late each is sent, in microseconds."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    delay: int = 0

    def wants(self, type: str) -> bool:
        return not self.events or type in self.events

    def told(self) -> dict[str, Any]:
        """As the controls show it."""
        return {
            "id": self.id,
            "url": self.url,
            "secret": self.secret,
            "events": list(self.events),
            "faults": list(self.faults),
            "delay": self.delay / SECOND,
        }


def endpoint(stream: Stream, url: Any, secret: Any = None, events: Any = (), faults: Any = (), delay: int = 0) -> Endpoint:
    """An endpoint of what somebody asked for; a secret that is not given follows from the stream. Raises ValueError with the member's
    name before a colon."""
    if not isinstance(url, str) or not re.fullmatch(URL, url):
        raise ValueError("url: an address that begins with http:// or https:// is expected")
    if secret is None:
        secret = _PREFIX + b64encode(stream.child(1).entropy(32)).decode()
    if not isinstance(secret, str) or not secret:
        raise ValueError("secret: a text is expected")
    try:
        _key(secret)
    except ValueError:
        raise ValueError(f"secret: what follows {_PREFIX} is not base64") from None
    if not 0 <= delay <= _LONGEST * SECOND:
        raise ValueError("delay: at most 72 hours are expected")
    return Endpoint("we_" + stream.base62(24), url, secret, _some(events, EVENT_TYPES, "events"), _some(faults, FAULTS, "faults"), delay)


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """What `webhook-signature` says of a message: the Standard Webhooks scheme, a version and a code of id, time and body."""
    signed = b"%b.%d.%b" % (id.encode(), timestamp, body)
    return "v1," + b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    # sdk: a secret without the prefix is the key itself
    return b64decode(secret[len(_PREFIX) :], validate=True) if secret.startswith(_PREFIX) else secret.encode()


def _some(given: Any, known: tuple[str, ...], name: str) -> tuple[str, ...]:
    if not isinstance(given, Iterable) or isinstance(given, (str, dict)):
        raise ValueError(f"{name}: a list is expected")
    chosen = tuple(given)
    for each in chosen:
        if each not in known:
            raise ValueError(f"{name}: '{each}' is not one of {', '.join(known)}")
    return chosen
