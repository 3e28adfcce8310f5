"""The arithmetic of buckets, against recorded figures and as laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.admission.limits import EMPTY, Charge, Level, Meter, duration, take, units, used, used_units, wait_millis
from mockapi.catalogue import Limit
from mockapi.operations import ALL_LIMITS
from mockapi.transport.reply import Head

MINUTE, DAY, MONTH = 60_000_000, 86_400_000_000, 2_592_000_000_000


def limit(capacity: int, period: int = MINUTE, kind: str = "requests") -> Limit:
    return Limit(kind, f"{kind} per something", capacity, period)


@pytest.mark.parametrize(
    ("capacity", "period", "charged", "remaining", "reset"),
    [
        (10000, MINUTE, 4, "9999", "6ms"),
        (10000, DAY, 4, "9999", "8.64s"),
        (200, DAY, 4, "199", "7m12s"),
        (3, MINUTE, 12, "0", "1m0s"),
        (500, MINUTE, 4, "499", "120ms"),
        (30000, MINUTE, 4, "29999", "2ms"),
        (100000, MINUTE, 4, "99999", "0s"),
        (50, MINUTE, 4, "49", "1.2s"),
        (160000, MINUTE, 26 * 4, "159974", "9ms"),
        (150_000_000, MINUTE, 13 * 4, "149999987", "0s"),
        (200_000, MINUTE, 17 * 4, "199983", "5ms"),
        (200_000, MINUTE, 1021, "199744", "76ms"),
    ],
)
def test_recorded_headers_are_reproduced(capacity: int, period: int, charged: int, remaining: str, reset: str) -> None:
    meter = Meter((limit(capacity, period),), ALL_LIMITS)
    level, wait = take(meter.limits[0], EMPTY, charged, 1_000_000_000)
    assert wait == 0
    told = {name.decode(): value.decode() for name, value in Head(meter.headers([level], 1_000_000_000))}
    assert told == {
        "x-ratelimit-limit-requests": str(capacity),
        "x-ratelimit-remaining-requests": remaining,
        "x-ratelimit-reset-requests": reset,
    }


@pytest.mark.parametrize(
    ("capacity", "period", "used_now", "requested", "told"),
    [
        (200_000, MINUTE, 163_084, 62_318, "7.62s"),
        (200_000, MINUTE, 150_974, 53_621, "1.378s"),
        (50_000, MINUTE, 47_949, 3_006, "1.146s"),
        (200_000, MINUTE, 195_869, 4_412, "84ms"),
        (200_000, MINUTE, 170_583, 180_002, "45.175s"),
        (30_000, MINUTE, 18_271, 16_921, "10.384s"),
        (200_000, MINUTE, 200_000, 2_148, "644ms"),
        (3, MINUTE, 3, 1, "20s"),
        (200, DAY, 200, 1, "7m12s"),
        (50, DAY, 50, 1, "28m48s"),
    ],
)
def test_recorded_waits_are_reproduced(capacity: int, period: int, used_now: int, requested: int, told: str) -> None:
    assert duration(wait_millis(limit(capacity, period), used_now, requested)) == told


@pytest.mark.parametrize(
    ("millis", "told"),
    [(0, "0s"), (1, "1ms"), (999, "999ms"), (1000, "1s"), (8640, "8.64s"), (60_000, "1m0s"), (360_000, "6m0s"), (432_000, "7m12s"),
     (4_105_745, "1h8m25.745s"), (299_439_057, "83h10m39.057s")],
)  # fmt: skip
def test_durations_are_written_as_the_api_writes_them(millis: int, told: str) -> None:
    assert duration(millis) == told


limits_ = st.builds(limit, st.integers(1, 200_000_000), st.sampled_from([MINUTE, DAY, MONTH]))
steps = st.lists(st.tuples(st.integers(0, 30_000_000), st.integers(1, 400_000)), max_size=60)


@given(limits_, steps)
def test_a_bucket_never_overspends(bucket: Limit, calls: list[tuple[int, int]]) -> None:
    """Admitted over any time is at most the capacity and what refilled, give or take the millisecond the API rounds to."""
    level, now, start, admitted = EMPTY, 10**15, 10**15, 0
    for passed, quarters in calls:
        now += passed
        after, wait = take(bucket, level, quarters, now)
        if wait:
            assert after == level
        else:
            level, admitted = after, admitted + quarters
        assert admitted * bucket.period <= 4 * bucket.capacity * (bucket.period + now - start + 1000)
        assert 0 <= used_units(bucket, level, now) <= bucket.capacity


@given(limits_, steps, st.integers(1, 400_000))
def test_whoever_waits_as_told_is_admitted(bucket: Limit, calls: list[tuple[int, int]], quarters: int) -> None:
    level, now = EMPTY, 10**15
    for passed, charged in calls:
        now += passed
        level, _ = take(bucket, level, charged, now)
    requested = units(quarters)
    if requested > bucket.capacity:
        return
    _, wait = take(bucket, level, quarters, now)
    if wait:
        told = max(1, wait_millis(bucket, used_units(bucket, level, now), requested))
        assert take(bucket, level, quarters, now + told * 1000)[1] == 0
        assert take(bucket, level, quarters, now + wait)[1] == 0


@given(limits_, steps)
def test_headers_add_up(bucket: Limit, calls: list[tuple[int, int]]) -> None:
    meter = Meter((bucket,), ALL_LIMITS)
    level, now = EMPTY, 10**15
    for passed, charged in calls:
        now += passed
        level, _ = take(bucket, level, charged, now)
        told = {name.decode().split("-")[2]: value.decode() for name, value in Head(meter.headers([level], now))}
        assert 0 <= int(told["remaining"]) <= int(told["limit"]) == bucket.capacity
        in_use = used(bucket, level, now)
        assert (in_use == 0) == (int(told["remaining"]) == bucket.capacity and told["reset"] == "0s") or in_use < 4 * bucket.period
        full = Level(level.used, level.at)
        assert used(bucket, full, now + in_use // (4 * bucket.capacity) + 1) == 0


@given(limits_, st.integers(1, 4000), st.integers(0, 10**12))
def test_a_clock_that_was_set_back_refills_nothing(bucket: Limit, quarters: int, back: int) -> None:
    level, _ = take(bucket, EMPTY, quarters, 10**15)
    assert used(bucket, level, 10**15 - back) == level.used


def test_a_charge_is_counted_in_quarters_of_each_kind() -> None:
    charge = Charge(requests=1, quarters=7, input_images=2, images=3)
    kinds = {kind: charge.of(limit(1, kind=kind)) for kind in ("requests", "tokens", "input-images", "images")}
    assert kinds == {"requests": 4, "tokens": 7, "input-images": 8, "images": 12}
