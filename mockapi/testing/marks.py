"""The arguments of `@pytest.mark.mockapi`: what they are, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockapi.settings import Settings

# A project has these by its key and its controls.
_OF_A_PROJECT = ("tier", "scenarios", "clock", "lifecycle")
# These are of the server.
_OF_A_SERVER = ("seed", "mode")
KNOWN = (*_OF_A_PROJECT, *_OF_A_SERVER)


class MarkError(ValueError):
    """A mark that cannot be used; its text is one line for a person."""


@dataclass(frozen=True)
class Mark:
    """What the marks of a test come to. `scenarios` are a file or a list; `server` are the settings that need a server of their own."""

    tier: str | None = None
    scenarios: Path | list[Mapping[str, Any]] = field(default_factory=list)
    clock: str | None = None
    lifecycle: str | None = None
    server: Settings | None = None


def read(marks: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]], directory: Path) -> Mark:
    """What marks ask for, each its positional and its named arguments, the outermost first: an inner one replaces what an outer one says.

    A file of scenarios is looked for from `directory`. Raises MarkError.
    """
    from mockapi.settings import Settings, SettingsError, load

    given: dict[str, Any] = {}
    for positional, named in marks:
        if positional:
            raise MarkError(f"arguments are named, as in mockapi(tier=1): {positional[0]!r} is not")
        for name in named:
            if name not in KNOWN:
                near = get_close_matches(name, KNOWN, 1)
                raise MarkError(
                    f"unknown argument '{name}'" + (f": did you mean '{near[0]}'?" if near else f": known are {', '.join(KNOWN)}")
                )
        given |= named
    scenarios = _scenarios(given.pop("scenarios", []), directory)
    if isinstance(given.get("clock"), str) and given["clock"] == "real":
        raise MarkError("clock: an ISO date-time is expected, at which time stands still until it is advanced")
    try:
        checked = load({"port": 0, **{name: str(value) for name, value in given.items()}}, {}, None)
    except SettingsError as fault:
        raise MarkError(str(fault).removeprefix("--")) from None
    said = {name: getattr(checked, name) for name in given}
    own = {name: said.pop(name) for name in _OF_A_SERVER if name in said}
    return Mark(scenarios=scenarios, server=Settings(port=0, **own) if own else None, **said)


def _scenarios(given: Any, directory: Path) -> Path | list[Mapping[str, Any]]:
    if isinstance(given, (str, Path)):
        path = directory / given
        if not path.is_file():
            raise MarkError(f"scenarios: there is no file {path}")
        return path
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, Mapping) for each in given):
        raise MarkError("scenarios: a list of objects is expected, or the path of a file")
    return list(given)
