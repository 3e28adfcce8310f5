"""Charging a call against the limits of its model, tier and world."""

from __future__ import annotations

from mockapi import errors
from mockapi.admission import limits
from mockapi.admission.limits import Charge
from mockapi.catalogue import Card, Limit, TierLimits
from mockapi.transport.call import Call


def _applying(tier: TierLimits, charge: Charge) -> tuple[Limit, ...]:
    candidates = (
        tier.requests_per_minute,
        tier.requests_per_day,
        tier.tokens_per_minute,
        tier.input_images_per_minute if charge.input_images else None,
        tier.images_per_minute if charge.images else None,
    )
    return tuple(limit for limit in candidates if limit is not None)


async def admit(call: Call, card: Card, charge: Charge) -> None:
    """Charge the call and set its x-ratelimit-* headers.

    Raises the API's 429: `insufficient_quota`, a request larger than its limit, or a bucket that does not hold enough.
    """
    if call.caller.broke is not None:
        raise call.caller.broke()
    if call.caller.tier == "unlimited":
        return
    applying = _applying(card.limits[call.caller.tier], charge)
    now = call.world.clock.micros()
    organization = call.world.identity.organization
    for limit in applying:
        requested = limits.units(charge.of(limit))
        if requested > limit.capacity:
            raise errors.request_too_large(
                group=card.id, organization=organization, kind=limit.kind, per=limit.per, limit=limit.capacity, requested=requested
            )
    levels, short = await call.world.store.take(card.id, applying, charge, now)
    # seen: where requests are limited per day too, the headers show the day (api-facts B.2)
    shown = {limit.kind: (limit, level) for limit, level in zip(applying, levels, strict=True)}
    call.limits = limits.headers(tuple(shown.values()), now)
    if short is None:
        return
    limit, level = applying[short], levels[short]
    used, requested = limits.used_units(limit, level, now), limits.units(charge.of(limit))
    wait = max(1, limits.wait_millis(limit, used, requested))
    raise errors.rate_limited(
        group=card.id,
        organization=organization,
        kind=limit.kind,
        per=limit.per,
        limit=limit.capacity,
        used=used,
        requested=requested,
        wait=limits.duration(wait),
        wait_ms=wait,
    )
