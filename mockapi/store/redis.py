"""The store in Redis: the servers of several machines share it. Each step is one script, so it happens whole or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from hashlib import blake2b
from typing import Any

from mockapi import errors, json
from mockapi.admission.limits import Level, Meter
from mockapi.settings import SettingsError
from mockapi.store import MOST, Change, LeaseLost, scripts
from mockapi.store.memory import CURSORS, REMEMBERED, REMEMBERED_NAMES

# Seconds that Redis has to be connected to, and to answer.
_CONNECT = 2
_ANSWER = 5
# How a script writes shares down.
_BASE = 100_000


class RedisStores:
    """The connections to one Redis."""

    def __init__(self, url: str) -> None:
        """Raises SettingsError where there is no library for it, or the URL is none."""
        try:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
            from redis.exceptions import RedisError
        except ImportError:
            raise SettingsError("--store: redis needs the package 'redis': pip install 'mockapi[redis]'") from None
        self._fault = RedisError
        try:
            # A step that was broken off may have been done: it is not tried again.
            self._redis: Any = Redis.from_url(url, socket_connect_timeout=_CONNECT, socket_timeout=_ANSWER, retry=Retry(NoBackoff(), 0))
        except ValueError as fault:
            raise SettingsError(f"--store: {fault}") from None
        self._scripts: dict[str, Any] = {}

    async def run(self, script: str, *arguments: Any) -> Any:
        """What a script comes to. Raises the 503 of a store that is gone."""
        known = self._scripts.get(script)
        if known is None:
            known = self._scripts[script] = self._redis.register_script(script)
        return await self.answered(known(args=arguments))

    async def answered(self, asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except (self._fault, OSError) as fault:
            raise errors.control_error(f"The store of mockapi cannot be reached: {fault}", status=503) from None

    def command(self, *words: Any) -> Awaitable[Any]:
        return self.answered(self._redis.execute_command(*words))

    def of(self, world: str) -> RedisStore:
        return RedisStore(self, f"mockapi:{blake2b(world.encode(), digest_size=12).hexdigest()}:")

    async def prove(self) -> None:
        await self.command("SET", "mockapi:proof", 1)

    async def version(self) -> int:
        return int(await self.command("GET", "mockapi:version") or 0)

    async def told(self, since: int) -> tuple[int, list[tuple[str, str, bytes]]]:
        version, names, values = await self.run(scripts.TOLD, since)
        return version, [(*json.read(name), value) for name, value in zip(names, values, strict=True)]

    async def tell(self, world: str, part: str, value: bytes) -> None:
        await self.run(scripts.TELL, json.write([world, part]), value)

    async def bury(self, owner: str) -> None:
        """Nothing is done: what is held ends by itself, and whose owner is no more is known to nobody on another machine."""

    async def keys(self, beginning: str) -> list[bytes]:
        found: list[bytes] = []
        cursor: Any = 0
        while True:
            cursor, names = await self.command("SCAN", cursor, "MATCH", f"{beginning}*", "COUNT", 1000)
            found += names
            if not int(cursor):
                return found

    async def close(self) -> None:
        await self._redis.aclose()

    def forked(self) -> None:
        """Nothing is open yet: a connection is made when something is asked for."""


class RedisStore:
    """The keys of one world."""

    def __init__(self, stores: RedisStores, head: str) -> None:
        self._stores = stores
        self._head = head

    def _run(self, script: str, *arguments: Any) -> Awaitable[Any]:
        return self._stores.run(script, self._head, *arguments)

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        text = await self._stores.command("HGET", f"{self._head}objects:{kind}", id)
        return None if text is None else json.read(text)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        await self.commit([("put", kind, id, json.write(value))])

    async def delete(self, kind: str, id: str) -> bool:
        return bool(await self._run(scripts.COMMIT, "", "", *_words(("delete", kind, id))))

    async def page(
        self, kind: str, *, after: str | None = None, descending: bool = False, limit: int | None = None
    ) -> list[dict[str, Any]]:
        found = await self._run(scripts.PAGE, kind, after or "", int(descending), -1 if limit is None else limit)
        return [json.read(text) for text in found[1::2]]

    async def rows(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        found = await self._run(scripts.PAGE, kind, "", 0, -1)
        return [(id.decode(), json.read(text)) for id, text in zip(found[::2], found[1::2], strict=True)]

    async def write(self, id: str, content: bytes) -> None:
        await self.commit([("write", id, content)])

    async def read(self, id: str) -> bytes | None:
        pieces = await self._stores.command("LRANGE", f"{self._head}content:{id}", 0, -1)
        return b"".join(pieces) if pieces else None

    async def erase(self, id: str) -> None:
        await self.commit([("erase", id)])

    async def count(self, name: str, amounts: dict[str, int]) -> None:
        await self.commit([("count", name, amounts)])

    async def counted(self, name: str) -> dict[str, int]:
        found = await self._stores.command("HGETALL", f"{self._head}counters:{name}")
        return {key.decode(): int(amount) for key, amount in found.items()}

    async def tally(self, name: str, key: str) -> int:
        return int(await self._stores.command("HGET", f"{self._head}counters:{name}", key) or 0)

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        limits: list[str | int] = []
        for limit, amount in zip(meter.limits, amounts, strict=True):
            limits += (limit.per, limit.rate, amount, limit.period)
        short, *levels = await self._run(scripts.TAKE, group, now, len(meter.limits), *limits)
        found = [tuple(map(int, level.split(b":"))) for level in levels]
        return [Level(high * _BASE + low, at) for high, low, at in found], None if short < 0 else short

    async def ordinal(self, origin: int) -> int:
        return int(await self._run(scripts.ORDINAL, str(origin), REMEMBERED))

    async def renew(self, names: Sequence[bytes], now: int, until: int) -> int:
        return int(await self._run(scripts.RENEW, now, until, REMEMBERED_NAMES, *names))

    async def commit(self, changes: Sequence[Change], held: tuple[str, str] | None = None) -> None:
        words = [word for change in changes for word in _words(change)]
        if await self._run(scripts.COMMIT, *(held or ("", "")), *words) == -1:
            raise LeaseLost(held)

    async def hold(self, name: str, owner: str, seconds: float) -> bool:
        return bool(await self._run(scripts.HOLD, name, owner, round(seconds * 1000)))

    async def release(self, name: str, owner: str) -> None:
        await self._run(scripts.RELEASE, name, owner)

    async def note(self, entry: bytes, most: int, most_bytes: int) -> None:
        await self._run(scripts.NOTE, entry, most, most_bytes)

    async def noted(self) -> tuple[int, list[bytes]]:
        first, entries = await self._run(scripts.NOTED)
        return first, entries

    async def last(self) -> int:
        return int(await self._stores.command("GET", f"{self._head}journal:last") or 0)

    async def tear_out(self) -> None:
        await self._stores.command("DEL", f"{self._head}journal", f"{self._head}journal:bytes")

    async def clear(self) -> None:
        keys = await self._stores.keys(self._head)
        for start in range(0, len(keys), 1000):
            await self._stores.command("UNLINK", *keys[start : start + 1000])


def _words(change: Change) -> list[Any]:
    """A change as the script reads it."""
    match change:
        case "delete", kind, id:
            return ["delete", kind, id, CURSORS]
        case "count", name, amounts:
            return ["count", name, MOST, len(amounts), *(word for pair in amounts.items() for word in pair)]
    return list(change)
