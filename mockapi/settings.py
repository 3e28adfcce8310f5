"""The one table of settings. Flags, MOCKAPI_* variables, the config file and the documentation are read off it.

Precedence: flag, then variable, then config file, then default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mockapi.clock import parse_instant, parse_rate
from mockapi.records import record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Table = TypeVar("_Table", bound="DataclassInstance")

TIERS = ("free", "1", "2", "3", "4", "5", "auto", "unlimited")
MODES = ("alive", "canned")
LOGS = ("none", "text", "json")


_PACE = r"(?:(?:batch|fine_tuning\.job|response|video|vector_store\.files?(?:_batch)?)=)?(?:time|immediate|polls:[1-9]\d{0,5})"
_PACES = rf"{_PACE}(?:,{_PACE})*"

# An address that webhooks are sent to.
URL = r"https?://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?(?:[/?][!-~]*)?"
# Their secret: a text, or base64 behind its prefix.
_SECRET = r"(?!whsec_).+|whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


# A secret that can stand in a header.
_CONTROLS = r"open|closed|key:[!-~]+"

_LATENCY = r"(?:(?:first=)?\d+(?:\.\d+)?(?:ms|s|m|h)?|(?:tokens_per_second|jitter|load)=\d+(?:\.\d+)?)"
_LATENCIES = rf"(?:{_LATENCY}(?:,{_LATENCY})*)?"


class SettingsError(ValueError):
    """A setting that cannot be used; its text is one line for a person."""


def _setting(
    default: Any, help: str, *, choices: tuple[str, ...] = (), low: float = 0, high: float = 1e18, pattern: str | None = None
) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices, "low": low, "high": high, "pattern": pattern})


@dataclass(frozen=True)
class Settings:
    """How a server is set up; every field is a flag, a variable and a key of the config file."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8080, "Port to listen on; 0 takes a free one and prints it.", high=65535)
    tier: str = _setting("5", "Usage tier of keys that name none.", choices=TIERS)
    mode: str = _setting("alive", "alive keeps state; canned answers any id with a sample.", choices=MODES)
    seed: str = _setting("mockapi", "What every answer and identifier follows from.")
    clock: str = _setting("real", "`real`, `60x` (a minute a second), or an ISO date-time at which time stands still until it is moved.")
    keys: str = _setting("", "File with the only API keys to accept, one a line; empty accepts any key.")
    lifecycle: str = _setting(
        "time",
        "How jobs move: by `time`, `immediate`, or `polls:N` (one step at every Nth look); or by kind, as in `batch=polls:2,immediate`.",
        pattern=_PACES,
    )
    webhook_url: str = _setting("", "Address to send all worlds' webhook events to; empty sends none.", pattern=f"(?:{URL})?")
    webhook_secret: str = _setting(
        "", "What those events are signed with: `whsec_` and base64, or any text; empty makes one from the seed.", pattern=f"(?:{_SECRET})?"
    )
    model_checks: str = _setting(
        "page", "page: a model serves every endpoint its page lists; strict: only those it is made for.", choices=("page", "strict")
    )
    latency: str = _setting(
        "",
        "How long answers take on the clock, as in `first=300ms,tokens_per_second=50,jitter=0.2,load=0.1`; nothing means at once.",
        pattern=_LATENCIES,
    )
    scenarios: str = _setting("", "File or folder with scenarios (YAML or JSON); read again when it changes.")
    strict_scenarios: bool = _setting(False, "Refuse every call of a model that no scenario is for, and tell the nearest.")
    controls: str = _setting(
        "open",
        "Who may use the mock's own endpoints under /_mock: all (`open`), nobody (`closed`), or who knows a secret (`key:SECRET`).",
        pattern=_CONTROLS,
    )
    max_body_mb: float = _setting(50.0, "Largest request body, in MiB.", low=0.001, high=4096)
    store: str = _setting(
        "memory",
        "Where state lives: `memory`, `sqlite:PATH` (survives restarts, shared by processes of one machine), `redis://…` (by machines).",
        pattern=r"memory|sqlite:.+|(?:rediss?|unix)://.+",
    )
    workers: int = _setting(1, "Processes that serve; more than one share a store of sqlite or redis.", low=1, high=256)
    max_worlds: int = _setting(1000, "Keys whose state is kept at once; the longest unused goes first.", low=1, high=1e7)
    journal_calls: int = _setting(500, "Calls that the journal of a key keeps; the oldest go first.", high=1e7)
    journal_mb: float = _setting(16.0, "MiB that the journal of a key keeps.", high=4096)
    drain_seconds: float = _setting(10.0, "Time that open answers get to finish after SIGTERM.", high=3600)
    log: str = _setting("none", "How each answered call is written to stderr.", choices=LOGS)


def _same(name: str, table: type[Any] = Settings) -> Any:
    """A setting that another table has too."""
    item = next(item for item in fields(table) if item.name == name)
    return field(default=item.default, metadata=item.metadata)


@record
class Recording:
    """How a recorder is set up."""

    upstream: str = _setting("", "Address that calls are passed on to, as in https://api.openai.com/v1.")
    tape: str = _setting("", "File to record on; tape.jsonl if there is neither this nor --tapes.")
    tapes: str = _setting("", "Folder to record in, each call on the tape that its header x-mock-tape names.")
    redact: tuple[str, ...] = _setting((), "Header, parameter or JSON member that is secret, besides the usual; give it once for each.")
    host: str = _same("host")
    port: int = _same("port")
    drain_seconds: float = _same("drain_seconds")


@record
class Replaying:
    """How a replayer is set up."""

    pace: str = _setting("none", "original answers as fast as was recorded; none at once.", choices=("original", "none"))
    order: str = _setting(
        "sequence",
        "sequence gives the answers to the same call one after another, then the last; match always the one recorded last.",
        choices=("sequence", "match"),
    )
    host: str = _same("host")
    port: int = _same("port")
    drain_seconds: float = _same("drain_seconds")


@record
class Importing:
    """How recordings of other programs become tapes."""

    tape: str = _setting("", "File to add to; the name of the imported file with .jsonl if there is none.")
    redact: tuple[str, ...] = _same("redact", Recording)


_TABLES = (Settings, Recording, Replaying, Importing)


def names() -> list[str]:
    """The settings of all commands: a variable or file may serve several."""
    return list(dict.fromkeys(item.name for table in _TABLES for item in fields(table)))


def load(flags: Mapping[str, Any], environ: Mapping[str, str], config: str | None) -> Settings:
    """Put the server's settings together. Raises SettingsError with one line that says what is wrong and where it stands."""
    settings = put_together(Settings, flags, environ, config)
    if settings.workers > 1 and settings.store == "memory":
        raise SettingsError("--workers: several processes need a store that they share: --store sqlite:PATH, or redis://")
    return settings


def put_together(table: type[_Table], flags: Mapping[str, Any], environ: Mapping[str, str], config: str | None) -> _Table:
    """Put the settings of a table together. Raises SettingsError with one line that says what is wrong and where it stands."""
    config = config or environ.get("MOCKAPI_CONFIG")
    from_file = _read(config) if config else {}
    for name in from_file:
        if name not in names():
            raise SettingsError(f"{config}: unknown setting '{name}'{_nearest(name)}")
    for name in environ:
        plain = name.removeprefix("MOCKAPI_").lower()
        if name.startswith("MOCKAPI_") and plain != "config" and plain not in names():
            raise SettingsError(f"{name}: unknown setting '{plain}'{_nearest(plain)}")
    chosen: dict[str, Any] = {}
    for item in fields(table):
        variable = f"MOCKAPI_{item.name.upper()}"
        # A list that no flag began is empty.
        if flags.get(item.name) not in (None, ()):
            chosen[item.name] = _convert(item.name, item.type, item.metadata, flags[item.name], flag_of(item.name))
        elif variable in environ:
            chosen[item.name] = _convert(item.name, item.type, item.metadata, environ[variable], variable)
        elif item.name in from_file:
            chosen[item.name] = _convert(item.name, item.type, item.metadata, from_file[item.name], f"{config}: {item.name}")
    return table(**chosen)


def flag_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def _read(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with Path(path).open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: not a TOML file: {error}") from None


def _convert(name: str, kind: Any, rules: Mapping[str, Any], value: Any, where: str) -> Any:
    if kind == "tuple[str, ...]":
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
            raise SettingsError(f"{where}: a list of names is expected")
        return tuple(name for each in given if (name := each.strip()))
    text = str(value)
    if kind == "str":
        if rules["choices"] and text not in rules["choices"]:
            raise SettingsError(f"{where}: '{text}' is not one of {', '.join(rules['choices'])}")
        if rules["pattern"] and not re.fullmatch(rules["pattern"], text):
            raise SettingsError(f"{where}: '{text}' cannot be read: {rules['help']}")
        if name == "clock" and text != "real":
            try:
                _ = parse_rate(text) if text.endswith("x") else parse_instant(text)
            except ValueError:
                raise SettingsError(f"{where}: '{text}' is neither 'real', a rate like 60x, nor an ISO date-time") from None
        return text
    if kind == "bool":
        if text.lower() not in ("true", "false", "1", "0"):
            raise SettingsError(f"{where}: '{text}' is neither true nor false")
        return text.lower() in ("true", "1")
    try:
        number = int(text) if kind == "int" else float(text)
    except ValueError:
        noun = "a whole number" if kind == "int" else "a number"
        raise SettingsError(f"{where}: '{text}' is not {noun}") from None
    if not rules["low"] <= number <= rules["high"]:
        raise SettingsError(f"{where}: {text} is not between {rules['low']:g} and {rules['high']:g}")
    return number


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names(), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""
