"""Charging a call against the limits of its model, tier and world."""

from __future__ import annotations

from functools import lru_cache

from mockapi import errors
from mockapi.admission import limits, ordered, spend
from mockapi.admission.limits import Charge, Meter
from mockapi.catalogue import Card, TierLimits
from mockapi.transport.call import Call


@lru_cache(maxsize=1024)
def _meter(tier: TierLimits, input_images: bool, images: bool, shows: frozenset[str]) -> Meter:
    candidates = (
        tier.requests_per_minute,
        tier.requests_per_day,
        tier.tokens_per_minute,
        tier.input_images_per_minute if input_images else None,
        tier.images_per_minute if images else None,
    )
    return Meter(tuple(limit for limit in candidates if limit is not None), shows)


async def admit(call: Call, card: Card, charge: Charge) -> None:
    """Charge the call and set its x-ratelimit-* headers.

    Raises the API's 429: `insufficient_quota`, a request larger than its limit, or a bucket that does not hold enough.
    """
    if call.caller.broke is not None:
        call.hit = "quota"
        raise call.caller.broke()
    if call.world.orders:
        await ordered.check_spend(call)
    if call.caller.tier == "unlimited":
        return
    now = call.now
    cap = spend.cap(call.caller.tier)
    if cap is not None and await spend.of_month(call.world, now) >= cap:
        call.hit = "quota"
        raise errors.insufficient_quota()
    tier = card.limits[call.caller.tier]
    if call.world.orders:
        tier = ordered.limits(call, card, tier)
    meter = charge.fits
    if meter is None or charge.tier is not tier:
        meter = _meter(tier, charge.input_images > 0, charge.images > 0, call.operation.shows)
    organization = call.world.identity.organization
    # seen: models that share a limit name it (api-facts B.4)
    shared = card.rules.get("limit_group")
    group = f"{card.id} (for limit {shared})" if shared else card.id
    if charge.tier is not tier:
        charge.amounts = [charge.of(limit) for limit in meter.limits]
        for limit, amount in zip(meter.limits, charge.amounts, strict=True):
            if amount > 4 * limit.capacity:
                call.hit = limit.short
                raise errors.request_too_large(
                    group=group,
                    organization=organization,
                    kind=limit.kind,
                    per=limit.per,
                    limit=limit.capacity,
                    requested=limits.units(amount),
                )
        charge.fits, charge.tier = meter, tier
    amounts = charge.amounts
    levels, short = await call.world.store.take(shared or card.id, meter, amounts, now)
    call.limits = meter.headers(levels, now)
    if short is None:
        return
    limit, level = meter.limits[short], levels[short]
    call.hit = limit.short
    used, requested = limits.used_units(limit, level, now), limits.units(amounts[short])
    wait = max(1, limits.wait_millis(limit, used, requested))
    refused = errors.rate_limited(
        group=group,
        organization=organization,
        kind=limit.kind,
        per=limit.per,
        limit=limit.capacity,
        used=used,
        requested=requested,
        wait=limits.duration(wait),
        wait_ms=wait,
    )
    if call.operation.knows_keys:
        # seen: B.5, there it tells neither limits nor how long to wait
        call.limits, refused.headers = b"", ()
    raise refused
