"""What pictures cost in tokens, by the `image_output_tokens` and `image_input_tokens` rules of a model's card (api-facts F.9)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_TILE = 512


def output_tokens(rules: Mapping[str, Any], quality: str, width: int, height: int, partials: int = 0) -> int:
    """Tokens of one picture of `width` x `height` pixels and of the partial images sent before it; 0 for a model without the rule.

    `rules` is a card's. A quality of "auto", or one the card does not know, is what the card says auto comes to.
    """
    rule = rules.get("image_output_tokens")
    if rule is None:
        return 0
    by_quality = rule["quality"]
    level = by_quality.get(quality) or by_quality[rules["images"]["auto_quality"]]
    whole = int(level[_shape(width, height)]) if rule["rule"] == "shapes" else _by_area(rule, int(level), width, height)
    return whole + partials * int(rule["partial_tokens"])


def _shape(width: int, height: int) -> str:
    return "square" if width == height else "landscape" if width > height else "portrait"


def _by_area(rule: Mapping[str, Any], patches: int, width: int, height: int) -> int:
    """`patches` along the long edge, as many of the same size along the short one; each costs more in a larger picture."""
    long, short = max(width, height), min(width, height)
    count = patches * math.floor(patches * short / long + 0.5)
    base = int(rule["base_pixels"])
    return -(-count * (base + width * height) // (2 * base))


def input_tokens(rules: Mapping[str, Any], width: int, height: int, fidelity: str | None = None) -> int:
    """Tokens of one source picture of an edit, of `width` x `height` pixels; 0 for a model without the rule."""
    rule = rules.get("image_input_tokens")
    if rule is None:
        return 0
    # doc: fit 2048 x 2048, then the short side to at most `short_side`, never up; count tiles of 512
    scale = min(1.0, 2048 / max(width, height))
    scale = min(scale, int(rule["short_side"]) / min(width, height))
    tiles = math.ceil(int(width * scale) / _TILE) * math.ceil(int(height * scale) / _TILE)
    whole = int(rule["base"]) + int(rule["tile"]) * tiles
    if (fidelity or rule["fidelity"]) == "high":
        whole += int(rule["high_square"] if _shape(width, height) == "square" else rule["high_oblong"])
    return whole
