"""The rate limits of a project: list, update; what is updated holds. `client.admin.organization.projects.rate_limits`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockapi import catalogue
from mockapi.catalogue import Card, Limit, TierLimits
from mockapi.contract.organization import projects, queries
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.organization import kept, refusals
from mockapi.transport.call import Call
from mockapi.world import Orders

# doc: a hundred by default
_PAGE = 100
_PREFIX = "rl-"
# guess: what is told of a tier that knows no limits
_TALLEST = "5"
# What our limits are called here. Of the two that count pictures a model has one.
_NAMES = {
    "max_requests_per_1_minute": ("requests_per_minute",),
    "max_tokens_per_1_minute": ("tokens_per_minute",),
    "max_images_per_1_minute": ("images_per_minute", "input_images_per_minute"),
    "max_requests_per_1_day": ("requests_per_day",),
    "batch_1_day_max_input_tokens": ("batch_queue_tokens",),
}


def _tier(call: Call, card: Card) -> TierLimits | None:
    """The limits that the organization has for a model."""
    return card.limits.get(_TALLEST if call.caller.tier == "unlimited" else call.caller.tier)


def _figures(tier: TierLimits) -> dict[str, tuple[str, int]]:
    """Our name and the capacity of each limit, by its name here."""
    found = {}
    for name, ours in _NAMES.items():
        for own in ours:
            limit = getattr(tier, own)
            if limit is not None and name not in found:
                found[name] = own, limit.capacity if isinstance(limit, Limit) else limit
    return found


def _told(card: Card, tier: TierLimits) -> dict[str, Any]:
    figures = {name: figure for name, (_, figure) in _figures(tier).items()}
    # Both are always told; 0 where there is no limit.
    shown = {"max_requests_per_1_minute": 0, "max_tokens_per_1_minute": 0, **figures}
    return {"object": "project.rate_limit", "id": f"{_PREFIX}{card.id}", "model": card.id, **shown}


@operation(
    "GET /organization/projects/{project_id}/rate_limits",
    id="list-project-rate-limits",
    query=queries.ListProjectRateLimitsQuery,
    response=projects.ProjectRateLimitListResponse,
)
async def list_rate_limits(call: Call) -> dict[str, Any]:
    orders = call.world.orders.get(await kept.project(call), Orders())
    rows = []
    for card in (catalogue.card(listed.id) for listed in catalogue.listed()):
        tier = None if card is None or card.asked_as != card.id else _tier(call, card)
        if card is not None and tier is not None:
            rows.append(_told(card, orders.limits.get(card.id, tier)))
    return listing.page_of(rows, call.query, default=_PAGE)


@operation(
    "POST /organization/projects/{project_id}/rate_limits/{rate_limit_id}",
    id="update-project-rate-limits",
    request=projects.ProjectRateLimitUpdateRequest,
    response=projects.ProjectRateLimit,
)
async def update_rate_limit(call: Call) -> dict[str, Any]:
    project, limit_id = await kept.project(call, living=True), call.parameters["rate_limit_id"]
    card = catalogue.card(limit_id.removeprefix(_PREFIX)) if limit_id.startswith(_PREFIX) else None
    most = None if card is None or card.asked_as != card.id else _tier(call, card)
    if card is None or most is None:
        raise refusals.unknown_member("rate limit", limit_id, project)
    asked: dict[str, int] = call.request.model_dump(exclude_none=True)
    whole = _figures(most)
    for name, value in asked.items():
        if name not in whole:
            raise refusals.limit_not_for(card.id, name)
        if value > whole[name][1]:
            raise refusals.limit_above(name, whole[name][1], value)
    orders = call.world.orders_of(project)
    before = orders.limits.get(card.id, most)
    orders.limits[card.id] = made = replace(
        before, **{whole[name][0]: _like(before, whole[name][0], value) for name, value in asked.items()}
    )
    await kept.note(call, "rate_limit.updated", project=project, id=limit_id, changes_requested=asked)
    return _told(card, made)


def _like(tier: TierLimits, name: str, capacity: int) -> Any:
    """A limit of a tier with another capacity."""
    limit = getattr(tier, name)
    return replace(limit, capacity=capacity) if isinstance(limit, Limit) else capacity
