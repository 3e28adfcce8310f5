"""Requests that were seen before, so that the same bytes are not read, checked and answered anew."""

from __future__ import annotations

from collections import OrderedDict

from mockapi.transport.call import Asked, Call

_MOST = 256
_LONGEST = 8 * 1024

Key = tuple[str, bytes, bytes | None, bytes]


class Memory:
    """The most recent requests of metered operations whose bodies are short."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Key, Asked] = OrderedDict()

    def recall(self, call: Call) -> Asked | None:
        key = _key(call)
        asked = self._asked.get(key)
        if asked is not None:
            self._asked.move_to_end(key)
        return asked

    def keep(self, call: Call) -> None:
        """Remember a request that passed every check. Errors are not remembered."""
        if len(call.body) <= _LONGEST:
            call.asked.body, call.asked.card = call.body, call.card
            self._asked[_key(call)] = call.asked
            if len(self._asked) > _MOST:
                self._asked.popitem(last=False)


def _key(call: Call) -> Key:
    return call.path, call.query_string, call.headers.get(b"content-type"), call.body
