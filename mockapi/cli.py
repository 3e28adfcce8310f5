"""The command line: `mockapi serve`, which bare `mockapi` does too, and `record`, `replay`, `import` for tapes."""

from __future__ import annotations

import gc
import json
import os
import sys
from dataclasses import fields
from types import ModuleType
from typing import Any

import click

from mockapi import __version__
from mockapi.settings import Importing, Recording, Replaying, Settings, SettingsError, flag_of, load, put_together


def _options(command: click.Command, table: type[Any] = Settings) -> click.Command:
    for item in fields(table):
        rules = item.metadata
        shown = rules["help"] + (f" One of {', '.join(rules['choices'])}." if rules["choices"] else "")
        if item.type == "bool":
            command.params.append(click.Option([flag_of(item.name), item.name], is_flag=True, default=None, help=shown))
            continue
        if item.type == "tuple[str, ...]":
            command.params.append(click.Option([flag_of(item.name), item.name], multiple=True, metavar="NAME", help=shown))
            continue
        metavar = {"int": "N", "float": "N"}.get(str(item.type), "TEXT")
        command.params.append(
            click.Option([flag_of(item.name), item.name], default=None, metavar=metavar, help=f"{shown}  [default: {item.default}]")
        )
    return command


# The commands that look for garbage once they serve.
_SERVING = ("serve", "record", "replay")


def _without_plugins() -> None:
    """Let pydantic look for no plugins: none is wanted in a process of the server's own, and only to look costs a first answer 8 ms."""
    finder = ModuleType("pydantic.plugin._loader")
    vars(finder)["get_plugins"] = tuple
    sys.modules.setdefault(finder.__name__, finder)


@click.group()
@click.version_option(__version__, prog_name="mockapi")
def _group() -> None:
    """A local server that emulates the OpenAI API."""


@_group.command("serve")
@click.option("--config", default=None, metavar="FILE", help="TOML file with settings.")
def _serve(config: str | None, **flags: Any) -> None:
    """Start the server.

    Every flag is also a variable (MOCKAPI_PORT) and a key of the config file (port).
    """
    settings = load(flags, os.environ, config)
    _without_plugins()
    from mockapi.serving import run

    run(settings)


_options(_serve)


@_group.command("verdict")
@click.option("--url", default="http://127.0.0.1:8080", metavar="URL", help="Where the server is.  [default: http://127.0.0.1:8080]")
@click.option("--key", default=None, metavar="KEY", help="The key whose calls are judged; without one all are.")
@click.option("--controls-key", default=None, metavar="SECRET", help="What the server's controls are locked with, where they are.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
def _verdict(url: str, key: str | None, controls_key: str | None, as_json: bool) -> None:
    """Judge the clients of a running server: exit status 1 if one of them did something wrong."""
    from mockapi.testing.controls import ControlError, Controls

    try:
        found = Controls(url, key, controls_key).get("/_mock/verdict")
    except (ControlError, ValueError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(json.dumps(found, indent=2) if as_json else found["text"])
    sys.exit(0 if found["passed"] else 1)


@_group.command("record")
@click.option("--config", default=None, metavar="FILE", help="TOML file with settings.")
def _record(config: str | None, **flags: Any) -> None:
    """Pass calls on to a real API and record what it answers on a tape, without secrets."""
    settings = put_together(Recording, flags, os.environ, config)
    from mockapi.serving import serve
    from mockapi.tape.record import Recorder

    recorder = Recorder(settings)
    serve(recorder, settings, f"recording {settings.upstream} on {recorder.target}")


@_group.command("replay")
@click.argument("tapes", nargs=-1, required=True)
@click.option("--config", default=None, metavar="FILE", help="TOML file with settings.")
def _replay(tapes: tuple[str, ...], config: str | None, **flags: Any) -> None:
    """Answer from TAPES (files, or folders of them) what was recorded, offline."""
    settings = put_together(Replaying, flags, os.environ, config)
    from mockapi.serving import serve
    from mockapi.tape.replay import Replayer

    replayer = Replayer(settings, list(tapes))
    serve(replayer, settings, f"replaying {replayer.library.size} exchanges; nothing is passed on")


@_group.command("import")
@click.argument("file")
@click.option("--config", default=None, metavar="FILE", help="TOML file with settings.")
def _import(file: str, config: str | None, **flags: Any) -> None:
    """Make a tape of FILE: a cassette of vcrpy (YAML, JSON) or an HTTP archive (HAR)."""
    settings = put_together(Importing, flags, os.environ, config)
    from mockapi.tape.imported import onto_tape

    count, tape = onto_tape(file, settings)
    click.echo(f"{count} exchanges of {file} are on {tape}")


@_group.command("scenarios")
@click.argument("tapes", nargs=-1, required=True)
def _scenarios(tapes: tuple[str, ...]) -> None:
    """Print the scenario file that TAPES come to, for `serve --scenarios`."""
    from mockapi.tape import scripted
    from mockapi.tape.tapes import files, read

    found, left = scripted.scenarios(exchange for path in files(tapes) for exchange in read(path))
    click.echo(scripted.written(found), nl=False)
    if left:
        click.echo(f"mockapi: {left} exchanges whose answers are no text were left out", err=True)


_options(_record, Recording)
_options(_replay, Replaying)
_options(_import, Importing)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a mistake is one line on stderr and exit status 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0] not in _group.commands and words[0] not in ("--help", "--version")):
        words.insert(0, "serve")
    if words[0] not in _SERVING:
        gc.enable()
    try:
        _group.main(args=words, prog_name="mockapi", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except (SettingsError, click.ClickException) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"mockapi: {' '.join(text.split())}", err=True)
        sys.exit(2)
