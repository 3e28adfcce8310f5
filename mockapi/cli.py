"""The command line: `mockapi serve`, and bare `mockapi` which does the same."""

from __future__ import annotations

import gc
import json
import os
import sys
from dataclasses import fields
from typing import Any

import click

from mockapi import __version__
from mockapi.settings import Settings, SettingsError, flag_of, load


def _options(command: click.Command) -> click.Command:
    for item in fields(Settings):
        rules = item.metadata
        shown = rules["help"] + (f" One of {', '.join(rules['choices'])}." if rules["choices"] else "")
        if item.type == "bool":
            command.params.append(click.Option([flag_of(item.name), item.name], is_flag=True, default=None, help=shown))
            continue
        metavar = {"int": "N", "float": "N"}.get(str(item.type), "TEXT")
        command.params.append(
            click.Option([flag_of(item.name), item.name], default=None, metavar=metavar, help=f"{shown}  [default: {item.default}]")
        )
    return command


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
    # What the imports below make stays: there is no garbage to look for, until the server is ready.
    gc.disable()
    # No plugin of pydantic's is wanted here, and looking for one reads the metadata of every package installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from mockapi.server import run

    run(settings)


_options(_serve)


@_group.command("verdict")
@click.option("--url", default="http://127.0.0.1:8080", metavar="URL", help="Where the server is.  [default: http://127.0.0.1:8080]")
@click.option("--key", default=None, metavar="KEY", help="The key whose calls are judged; without one all are.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
def _verdict(url: str, key: str | None, as_json: bool) -> None:
    """Judge the clients of a running server: exit status 1 if one of them did something wrong."""
    from mockapi.testing.controls import ControlError, Controls

    try:
        found = Controls(url, key).get("/_mock/verdict")
    except (ControlError, ValueError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(json.dumps(found, indent=2) if as_json else found["text"])
    sys.exit(0 if found["passed"] else 1)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a mistake is one line on stderr and exit status 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0] not in _group.commands and words[0] not in ("--help", "--version")):
        words.insert(0, "serve")
    try:
        _group.main(args=words, prog_name="mockapi", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except (SettingsError, click.ClickException) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"mockapi: {' '.join(text.split())}", err=True)
        sys.exit(2)
