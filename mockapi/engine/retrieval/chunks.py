"""A text cut into overlapping chunks of so many tokens."""

from __future__ import annotations

from itertools import accumulate

from mockapi.engine.tokens import encoding

# guess: the vocabulary of the embedding models
_VOCABULARY = "cl100k_base"
# Characters that are tokenized at once: a single call that takes long would hold up all.
_PART = 65_536
# doc: tokens of a file
MOST_TOKENS = 5_000_000


def cut(text: str, size: int, overlap: int) -> list[str] | None:
    """Chunks of at most `size` tokens, each beginning with the last `overlap` of the one before; None of too long a text.

    No character is cut, nothing is left out, and no chunk lies whole in another.
    """
    vocabulary = encoding(_VOCABULARY)
    pieces: list[str] = []
    for at in range(0, len(text), _PART):
        pieces += vocabulary.pieces(text[at : at + _PART])
        if len(pieces) > MOST_TOKENS:
            return None
    if not pieces:
        return []
    places = [0, *accumulate(map(len, pieces))]
    step = size - overlap
    last = max(0, len(pieces) - overlap - 1)
    return [text[places[at] : places[min(at + size, len(pieces))]] for at in range(0, last + 1, step)]
