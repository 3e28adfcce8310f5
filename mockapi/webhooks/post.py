"""One HTTP request to a receiver, on the event loop: it is broken off with its task, so nothing is waited for when the server stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from urllib.parse import urlsplit

# guess: the seconds that a receiver has to answer, and those in which the rest of its answer is read
ANSWER_SECONDS = 10
_REST_SECONDS = 1


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status that a receiver answers with. Redirects are not followed. Raises OSError or ValueError if no answer can be read."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    assert parts.hostname is not None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    async with asyncio.timeout(ANSWER_SECONDS):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode("ascii") + body)
            await writer.drain()
            status = await _status(reader)
            # A connection that is closed while the receiver still writes would look like a fault to it.
            with contextlib.suppress(OSError):
                async with asyncio.timeout(_REST_SECONDS):
                    while await reader.read(65_536):
                        pass
        finally:
            writer.close()
    return status


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of the first answer that is not merely about the connection."""
    while True:
        version, _, rest = (await reader.readline()).partition(b" ")
        if not version.startswith(b"HTTP/") or not rest[:3].isdigit():
            raise ValueError("what was answered is not HTTP")
        while (await reader.readline()).strip():
            pass
        status = int(rest[:3])
        if status >= 200:
            return status
