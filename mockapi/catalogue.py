"""The model cards: what each model is, can do, costs and may be used for. Data: `fixtures/models/`, `fixtures/tiers.toml`."""

from __future__ import annotations

import re
from dataclasses import field, replace
from functools import cache, lru_cache
from typing import Any

from mockapi import fixtures
from mockapi.records import record

_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{0,99}")
_MINUTE = 60_000_000
_DAY = 86_400_000_000


@record
class Limit:
    """One limit of a model on a tier. `period` is in microseconds, `capacity` in requests, tokens or images."""

    kind: str
    per: str
    capacity: int
    period: int
    # What refills in a microsecond and what all of it comes to, in shares of a bucket (admission/limits.py).
    rate: int = field(init=False)
    full: int = field(init=False)

    @property
    def short(self) -> str:
        """Its name in short, as TPM."""
        return self.per.rpartition("(")[2].rstrip(")")

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", 4 * self.capacity)
        object.__setattr__(self, "full", 4 * self.capacity * self.period)


@record
class TierLimits:
    """What a model may be used for on one tier; a missing figure is no limit."""

    requests_per_minute: Limit | None
    requests_per_day: Limit | None
    tokens_per_minute: Limit | None
    input_images_per_minute: Limit | None
    images_per_minute: Limit | None
    batch_queue_tokens: int | None


@record
class Card:
    """One model as its documentation page describes it."""

    id: str
    asked_as: str
    snapshot: str
    created: int
    owned_by: str
    type: str
    endpoints: frozenset[str]
    features: frozenset[str]
    input: frozenset[str]
    output: frozenset[str]
    encoding: str
    context_window: int
    max_output_tokens: int
    rules: dict[str, Any]
    prices: dict[str, Any]
    limits: dict[str, TierLimits]
    reasons: bool
    # Endpoints that its page lists although another model is made for them: that model's name.
    acts_as: dict[str, str]
    # What a fine-tuned model was trained on, as JSON text.
    examples: str | None = None


@record
class Listed:
    """One line of `GET /v1/models`."""

    id: str
    created: int
    owned_by: str


@cache
def tiers() -> dict[str, Any]:
    return fixtures.load("tiers.toml")


def _tier_limits(figures: dict[str, int]) -> TierLimits:
    def limit(name: str, kind: str, per: str, period: int) -> Limit | None:
        return Limit(kind, per, figures[name], period) if name in figures else None

    return TierLimits(
        requests_per_minute=limit("rpm", "requests", "requests per min (RPM)", _MINUTE),
        requests_per_day=limit("rpd", "requests", "requests per day (RPD)", _DAY),
        tokens_per_minute=limit("tpm", "tokens", "tokens per min (TPM)", _MINUTE),
        input_images_per_minute=limit("input_images", "input-images", "input-images per min", _MINUTE),
        images_per_minute=limit("images", "images", "images per min", _MINUTE),
        batch_queue_tokens=figures.get("batch_queue"),
    )


@cache
def _limits(name: str) -> dict[str, TierLimits]:
    ladder = tiers()["ladders"][name]
    return {tier: _tier_limits(figures) for tier, figures in ladder.items()}


@lru_cache(maxsize=1024)
def _page(name: str) -> dict[str, Any] | None:
    """The card file of a model's alias."""
    if not _SAFE_NAME.fullmatch(name):
        return None
    try:
        return fixtures.load(f"models/{name}.toml")
    except FileNotFoundError:
        return None


@cache
def _aliases() -> dict[str, str]:
    """Snapshot to the alias whose page lists it."""
    names = (path.stem for path in (fixtures.folder() / "models").glob("*.toml"))
    return {snapshot["id"]: name for name in names for snapshot in (_page(name) or {})["snapshots"]}


@lru_cache(maxsize=1024)
def _card(name: str) -> Card | None:
    page = _page(name) or _page(_aliases().get(name, ""))
    if page is None:
        return None
    snapshot = name if name != page["id"] else page.get("default_snapshot", page["id"])
    own = page["limits"]
    limits = _limits(own) if isinstance(own, str) else {tier: _tier_limits(figures) for tier, figures in own.items()}
    rules = dict(page.get("rules", {}))
    for dated in page["snapshots"]:
        if dated["id"] == snapshot:
            rules.update(dated.get("rules", {}))
    return Card(
        id=page["id"],
        asked_as=name,
        snapshot=rules.get("answers_as", snapshot),
        created=page["created"],
        owned_by=page["owned_by"],
        type=page["type"],
        endpoints=frozenset(page["endpoints"]),
        features=frozenset(page["features"]) - frozenset(rules.get("without", ())),
        input=frozenset(page["modalities"]["input"]),
        output=frozenset(page["modalities"]["output"]),
        encoding=page.get("encoding", "o200k_base"),
        context_window=page.get("context_window", 128_000),
        max_output_tokens=rules.get("max_output_tokens", page.get("max_output_tokens", 16_384)),
        rules=rules,
        prices=page.get("prices", {}),
        limits=limits,
        reasons="reasoning" in page["features"],
        acts_as=page.get("acts_as", {}),
    )


def card(name: str) -> Card | None:
    """The card of an alias or a snapshot; None for a model that is not there."""
    return _card(name) if len(name) <= 100 else None


def retired(name: str) -> bool:
    """True for a model that was once there and answers "has been deprecated"."""
    return name in tiers()["retired"]


@cache
def listed() -> tuple[Listed, ...]:
    """Every model as `GET /v1/models` lists it: the seven oldest first, then by creation (seen: a list of 2026-05-06)."""
    rows: list[Listed] = []
    for path in sorted((fixtures.folder() / "models").glob("*.toml")):
        page = _page(path.stem)
        assert page is not None
        rows.append(Listed(page["id"], page["created"], page["owned_by"]))
        rows += (Listed(s["id"], s["created"], page["owned_by"]) for s in page["snapshots"] if s["id"] != page["id"])
    first = ("text-embedding-ada-002", "whisper-1", "gpt-3.5-turbo", "tts-1", "gpt-3.5-turbo-16k", "gpt-4-0613", "gpt-4")
    rank = {name: place for place, name in enumerate(first)}
    return tuple(sorted(rows, key=lambda row: (rank.get(row.id, len(first)), row.created, row.id)))


def stand_in(name: str, like: str) -> Card:
    """A card for a model nobody knows: that of a known one, under the other's name."""
    known = card(like)
    assert known is not None
    return replace(known, id=name, asked_as=name, snapshot=name)


@lru_cache(maxsize=256)
def tuned(name: str, base: str, examples: str) -> Card:
    """The card of a fine-tuned model: its base model's, with the prices of fine-tuned ones."""
    card = _card(base)
    assert card is not None
    own = {key.removeprefix("fine_tuned_"): price for key, price in card.prices.items() if key.startswith("fine_tuned_")}
    return replace(card, asked_as=name, snapshot=name, prices={**card.prices, **own}, examples=examples, owned_by="")


@lru_cache(maxsize=256)
def acting(card: Card, stand_in: str) -> Card:
    """A model's card with the abilities and prices of the one that is made for an endpoint."""
    made_for = _card(stand_in)
    assert made_for is not None
    return replace(made_for, id=card.id, asked_as=card.asked_as, snapshot=card.snapshot, limits=card.limits)
