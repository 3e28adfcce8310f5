"""How a text is written into sound: one of sixteen tones for every four bits, 8 ms each (multiple frequency-shift keying).

The tones are the multiples of 125 Hz from 1,000 to 2,875 Hz. Each goes through whole periods in 8 ms, so that tones meet without a click
and are told apart exactly, at any rate from 8 kHz on. A message is six tones that are found again, the length of its UTF-8 text in bytes,
a CRC-16 of length and text (two bytes each, big-endian), and the text. Where nothing of it sounds, it goes on at the next tone.
"""

from __future__ import annotations

import binascii

PER_SECOND = 125  # slots for tones
FIRST_TONE = 8  # the lowest tone in multiples of 125 Hz
TONES = 16
PREAMBLE = (0, 15, 3, 12, 6, 9)
HEAD = len(PREAMBLE) + 8  # tones in front of the text; they follow each other without a gap
LONGEST = 16_384  # bytes of text: what 4,096 characters need, the longest input of the API


def slots(text: str) -> int:
    """How many tones carry a text."""
    return HEAD + 2 * len(_written(text))


def _written(text: str) -> bytes:
    """The text in UTF-8; of a longer one, as much as a message takes."""
    data = text.encode("utf-8", "replace")
    return data if len(data) <= LONGEST else data[:LONGEST].decode("utf-8", "ignore").encode()


def tones(text: str) -> list[int]:
    """The tones of a message, 0 to 15."""
    data = _written(text)
    size = len(data).to_bytes(2, "big")
    whole = size + binascii.crc_hqx(size + data, 0xFFFF).to_bytes(2, "big") + data
    return [*PREAMBLE, *(int(digit, 16) for digit in whole.hex())]


def size(head: bytes) -> int | None:
    """How many bytes of text follow the four bytes of length and checksum; None for more than there can be."""
    told = int.from_bytes(head[:2], "big")
    return told if len(head) == 4 and told <= LONGEST else None


def text(head: bytes, data: bytes) -> str | None:
    """The text of a message; None if its checksum disagrees."""
    if binascii.crc_hqx(head[:2] + data, 0xFFFF) != int.from_bytes(head[2:], "big"):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
