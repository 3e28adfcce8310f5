"""From a request's headers to the caller and the world it acts in. A key is a world (design: keys)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mockapi import errors
from mockapi.errors import ApiError
from mockapi.records import record
from mockapi.settings import TIERS, Settings, SettingsError
from mockapi.transport.call import Call
from mockapi.world import World

if TYPE_CHECKING:
    from mockapi.worlds import Worlds

_NAMED = re.compile(r"sk-mock-(?:tier(?P<tier>free|[1-5]|auto|unlimited)(?:-(?P<project>.+))?)")
# The admin key of a key: it opens the same world.
_ADMIN = re.compile("^sk-admin-")
# Keys that always get an account error; the rest of the name after a dash is free.
_REFUSED: dict[str, Callable[[], ApiError]] = {
    "sk-mock-noscope": errors.missing_scope,
    "sk-mock-nocountry": errors.unsupported_country,
}
_NO_MONEY: dict[str, Callable[[], ApiError]] = {
    "sk-mock-noquota": errors.insufficient_quota,
    "sk-mock-nocredits": errors.no_credits,
}
_REMEMBERED = 4096


@record
class Caller:
    """Who calls: the key, the tier it is on, and what its account owes (an error of its own at admission).

    A key that was made by a call has an id, and a project where that is not the first one of its world.
    """

    key: str
    tier: str
    broke: Callable[[], ApiError] | None = None
    key_id: str = ""
    project: str = ""


class Keys:
    """Reads keys, and remembers what it read."""

    def __init__(self, worlds: Worlds, settings: Settings) -> None:
        self._worlds = worlds
        self._tier = settings.tier
        self._file = settings.keys
        if self._file:
            _ = self._allowed

    @cached_property
    def _allowed(self) -> frozenset[str]:
        try:
            lines = Path(self._file).read_text("utf-8-sig").splitlines()
        except OSError as error:
            raise SettingsError(f"{self._file}: cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise SettingsError(f"{self._file}: not a text file: {error}") from None
        return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))

    def admit(self, call: Call) -> None:
        """Set the call's caller and world. Raises the API's 401 and 403."""
        headers = call.headers
        given = headers.get(b"authorization"), headers.get(b"openai-organization"), headers.get(b"openai-project")
        read = self._worlds.recognised
        known = read.get(given)
        if known is None:
            known = self._recognise(*given)
            if len(read) >= _REMEMBERED:
                read.clear()
            # What may end is looked at each time.
            if known[0].key_id == "" or self._worlds.issued[known[0].key].until is None:
                read[given] = known
        call.caller, name = known
        call.world = self._worlds.world(name)
        tier = headers.get(b"x-mock-tier")
        if tier is not None:
            call.caller = self._on_tier(call.caller, tier.decode("latin-1"))

    def world_of(self, authorization: bytes) -> World:
        """The world of a key, for the control plane. Raises as `admit` does."""
        return self._worlds.world(self._recognise(authorization, None, None)[1])

    def tier_of(self, authorization: bytes) -> str:
        """The tier of a key, `auto` among them, for the control plane."""
        return self._recognise(authorization, None, None)[0].tier

    def again(self, key: str, tier: str) -> Caller:
        """Who has the key of an errand."""
        issued = self._worlds.issued.get(key)
        return Caller(key, tier) if issued is None else Caller(key, tier, None, issued.id, issued.project)

    @staticmethod
    def _on_tier(caller: Caller, tier: str) -> Caller:
        if tier not in TIERS:
            raise errors.control_error(f"x-mock-tier: '{tier}' is not one of {', '.join(TIERS)}", "x-mock-tier")
        return replace(caller, tier=tier)

    def _recognise(self, authorization: bytes | None, organization: bytes | None, project: bytes | None) -> tuple[Caller, str]:
        key = _key(authorization)
        if key is None:
            raise errors.no_key()
        issued = self._worlds.issued.get(key)
        if issued is not None:
            if issued.until is not None and self._worlds.world(issued.world).clock.micros() >= issued.until:
                raise errors.incorrect_key(key)
            return Caller(key, issued.tier, None, issued.id, issued.project), issued.world
        given, key = key, _ADMIN.sub("sk-", key)
        stem = "-".join(key.split("-")[:3])
        if stem in _REFUSED:
            raise _REFUSED[stem]()
        if stem == "sk-mock-invalid" or (self._file and not {given, key} & self._allowed):
            raise errors.incorrect_key(given)
        named = _NAMED.fullmatch(key)
        tier = named["tier"] if named else self._tier
        name = f"project {named['project']}" if named and named["project"] else f"key {key}"
        if organization or project:
            name = f"account {(organization or b'').decode('latin-1')} {(project or b'').decode('latin-1')}"
        return Caller(key, tier, _NO_MONEY.get(stem)), name


def _key(authorization: bytes | None) -> str | None:
    """The key of a Bearer header, or the password of a Basic one."""
    scheme, _, value = (authorization or b"").decode("latin-1").partition(" ")
    value = value.strip()
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:
            return None
    elif scheme.lower() != "bearer":
        return None
    return value or None
