"""What of a prompt was read before: prompts stay cached for a while."""

from __future__ import annotations

from mockapi.clock import SECOND
from mockapi.engine import usage
from mockapi.transport.call import Call

# doc: prompts stay cached for 5 to 10 minutes of idleness, or a day with extended retention
_KEPT_MICROS = {"24h": 86_400 * SECOND, "in_memory": 600 * SECOND, None: 600 * SECOND}


async def tokens(call: Call, blocks: list[bytes], retention: str | None = None) -> int:
    """Tokens of a prompt that are cached, by the names of its cacheable prefixes, which are cached from now on."""
    return usage.cached(await call.world.store.renew(blocks, call.now, call.now + _KEPT_MICROS[retention])) if blocks else 0
