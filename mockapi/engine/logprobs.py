"""Log probabilities of the tokens of an answer: plausible, seeded, and never summing above one."""

from __future__ import annotations

import math
from typing import Any

from mockapi.engine.tokens import Encoding
from mockapi.seed import Stream


def of(text: str, alternatives: int, vocabulary: Encoding, stream: Stream) -> list[dict[str, Any]]:
    """An entry for each token: `token`, `logprob`, `bytes` and its `alternatives` likeliest ones, itself first."""
    entries: list[dict[str, Any]] = []
    for number in vocabulary.encode(text):
        share = 0.35 + 0.6499 * math.sqrt(stream.unit())
        own = _entry(vocabulary.token(number), share)
        likely = [own] if alternatives else []
        # A thousandth of what is left stays with all the tokens that are not told of.
        left = 0.999 * (1.0 - share)
        used = {number}
        for _ in range(alternatives - 1):
            other = stream.below(min(vocabulary.size, 20_000))
            while other in used:
                other = (other + 1) % vocabulary.size
            used.add(other)
            part = left * (0.4 + 0.3 * stream.unit())
            left -= part
            likely.append(_entry(vocabulary.token(other), part))
        entries.append({**own, "top_logprobs": sorted(likely, key=lambda entry: -entry["logprob"])})
    return entries


def _entry(raw: bytes, share: float) -> dict[str, Any]:
    try:
        shown = raw.decode()
    except UnicodeDecodeError:
        # A token that is part of a character is written as its bytes.
        shown = "".join(chr(byte) if byte < 0x80 else f"\\x{byte:02x}" for byte in raw)
    return {"token": shown, "logprob": round(math.log(share), 8), "bytes": list(raw)}


def pieces(entries: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Entries grouped so that each group's bytes are whole characters: the text of a chunk and its entries."""
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    pending: list[dict[str, Any]] = []
    raw = b""
    for entry in entries:
        pending.append(entry)
        raw += bytes(entry["bytes"])
        try:
            groups.append((raw.decode(), pending))
        except UnicodeDecodeError:
            continue
        pending, raw = [], b""
    return groups
