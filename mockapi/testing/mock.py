"""A handle on one project of a running server, wherever it runs: in a thread, in another process, on another machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockapi.testing.controls import ControlError, Controls
from mockapi.testing.journal import Journal
from mockapi.testing.scenarios import Scenarios

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI


class ProjectClock:
    """The clock of a project. Every move returns the instant (in UTC) at which the clock then stands."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def now(self) -> datetime:
        return datetime.fromisoformat(self._controls.get("/_mock/clock")["iso"])

    def advance(self, duration: str | float | timedelta) -> datetime:
        """Move on by `24h`, `1h30m`, `500ms`, a number of seconds or a timedelta. Raises ControlError."""
        return self._move(advance=duration.total_seconds() if isinstance(duration, timedelta) else duration)

    def set(self, instant: str | float | datetime) -> datetime:
        """Move to an ISO 8601 date-time (UTC, if it names no zone), a number of Unix seconds or a datetime. Raises ControlError."""
        return self._move(set=instant.isoformat() if isinstance(instant, datetime) else instant)

    def freeze(self) -> datetime:
        """Stand still; moves still move it."""
        return self._move(freeze=True)

    def resume(self) -> datetime:
        """Run on from where it stands."""
        return self._move(freeze=False)

    def scale(self, rate: float) -> datetime:
        """Run a number of times as fast. Raises ControlError."""
        return self._move(scale=rate)

    def _move(self, **move: object) -> datetime:
        return datetime.fromisoformat(self._controls.post("/_mock/clock", move)["iso"])


class Mock:
    """One project of a server, as the key says: its address, its controls, and clients for it.

    The controls speak HTTP and wait for the answer, which takes about a millisecond on one machine. Any thread may use them.
    """

    def __init__(self, base_url: str, api_key: str, controls_key: str | None = None) -> None:
        """`controls_key` as that of Controls."""
        self.controls = Controls(base_url, api_key, controls_key)
        self.base_url = self.controls.base_url
        self.api_key = api_key
        self.clock = ProjectClock(self.controls)
        self.scenarios = Scenarios(self.controls)
        self.journal = Journal(self.controls)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, api_key={self.api_key!r})"

    @property
    def env(self) -> dict[str, str]:
        """The variables by which programs find the server: for `subprocess`, `monkeypatch` or `os.environ`."""
        # Older frameworks read OPENAI_API_BASE.
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_BASE": self.base_url, "OPENAI_API_KEY": self.api_key}

    def project(self, name: str, tier: str | int | None = None) -> Mock:
        """A project of the same server by its name, on a usage tier (the server's own, where none is given).

        Raises ValueError for a tier that there is not, and for a name that cannot stand in a key.
        """
        from mockapi.settings import TIERS

        on = self._tier if tier is None else str(tier)
        if on not in TIERS:
            raise ValueError(f"tier: {tier!r} is not one of {', '.join(TIERS)}")
        if not re.fullmatch(r"[!-~]+", name):
            raise ValueError(f"name: {name!r} has other characters than visible ASCII ones")
        return Mock(self.base_url, f"sk-mock-tier{on}-{name}", self.controls.key)

    @cached_property
    def _tier(self) -> str:
        told: str = self.controls.get("/health")["tier"]
        return told

    def lifecycle(
        self,
        pace: str | None = None,
        *,
        kind: str | None = None,
        seconds: Mapping[str, float] | None = None,
    ) -> dict[str, Any]:
        """Set how jobs move, of one `kind` or of all, and tell how they do now, by kind; without arguments only the latter.

        `pace` is `time`, `immediate`, `polls:N`, or such by kind as in `batch=polls:2,immediate`; `seconds` are lengths by status.
        Raises ControlError.
        """
        told: dict[str, Any] = {}
        for name, change in _paces(pace, kind, seconds):
            told = self.controls.post("/_mock/lifecycle", change if name is None else {**change, "kind": name})
        return told or dict(self.controls.get("/_mock/lifecycle"))

    def usage(self) -> dict[str, Any]:
        """What the project used and spent, by day and model, and its tier."""
        return dict(self.controls.get("/_mock/usage"))

    def pay(self, dollars: float) -> dict[str, Any]:
        """Pay for the project. Returns its usage as it is then. Raises ControlError."""
        return dict(self.controls.post("/_mock/usage", {"pay": dollars}))

    def verdict(self) -> dict[str, Any]:
        """What the project's client did wrong with what it was told (`shown`), and what is odd about its calls (`findings`)."""
        projects = self.controls.get("/_mock/verdict")["projects"]
        return dict(projects[0]) if projects else {"calls": 0, "errors": 0, "warnings": 0, "shown": [], "findings": []}

    def reset(self) -> None:
        """Forget what the project stored and used; its clock keeps its time, its jobs their paces."""
        self.controls.post("/_mock/reset")

    def start_over(self) -> None:
        """Be as if nobody had used the project: nothing stored, used or scripted, its clock and its jobs' paces those of the server."""
        of_all = Controls(self.base_url, None, self.controls.key)
        self.reset()
        for clear in (self.scenarios.clear, self.journal.clear):
            try:
                clear()
            except ControlError as fault:
                # A running server of another version may have none.
                if fault.status != 404:
                    raise
        self.controls.post("/_mock/clock", {"freeze": False, "set": of_all.get("/_mock/clock")["now"]})
        for kind, pace in of_all.get("/_mock/lifecycle").items():
            self.controls.post("/_mock/lifecycle", {"kind": kind, **pace})

    def openai(self, **options: Any) -> OpenAI:
        """A client of the `openai` package for this project; `options` are the client's own. Raises ImportError without the package."""
        client: OpenAI = _openai().OpenAI(**self._options(options))
        return client

    def async_openai(self, **options: Any) -> AsyncOpenAI:
        """The same for `await`."""
        client: AsyncOpenAI = _openai().AsyncOpenAI(**self._options(options))
        return client

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        # An organization or project in the environment would name another world than the key does.
        return {"base_url": self.base_url, "api_key": self.api_key, "organization": "", "project": "", **options}


def _paces(pace: str | None, kind: str | None, seconds: Mapping[str, float] | None) -> list[tuple[str | None, dict[str, Any]]]:
    """The changes that a pace asks for, each with its kind: those for all kinds come first, so that they undo none."""
    if pace is None:
        return [] if seconds is None else [(kind, {"seconds": dict(seconds)})]
    found = []
    for part in pace.split(","):
        named, _, rest = part.rpartition("=")
        mode, _, polls = rest.partition(":")
        change: dict[str, Any] = {"mode": mode}
        if polls:
            change["polls"] = int(polls) if polls.isdecimal() else polls
        if seconds is not None:
            change["seconds"] = dict(seconds)
        found.append((named or kind, change))
    return sorted(found, key=lambda change: change[0] is not None)


def _openai() -> Any:
    try:
        import openai
    except ImportError:
        raise ImportError("the openai package is not installed here: pip install openai") from None
    return openai
