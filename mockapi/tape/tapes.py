"""Tape files: JSON Lines, one exchange a line, only ever added to."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from mockapi import json
from mockapi.settings import SettingsError
from mockapi.tape import exchange as lines
from mockapi.tape.exchange import Exchange, NotAnExchange
from mockapi.tape.redact import Redaction

if sys.platform != "win32":
    import fcntl

SUFFIX = ".jsonl"
_log = logging.getLogger("mockapi.tape")
_BEGIN = b'{"version":'


def files(paths: Iterable[str]) -> list[Path]:
    """The tapes that are meant: files, and those in folders. Raises SettingsError if there is none."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(path.glob(f"*{SUFFIX}"))
            if not inside:
                raise SettingsError(f"{path}: no tapes (*{SUFFIX}) in it")
            found += inside
        else:
            found.append(path)
    return found


def read(path: Path) -> Iterator[Exchange]:
    """The exchanges of a tape, in the order of their recording.

    A last line that was only half written is left out, with a warning. Raises SettingsError with file and line for one that is no exchange.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    written = content.split(b"\n")
    for number, line in enumerate(written, 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            yield lines.read(line, place)
        except NotAnExchange as fault:
            if number < len(written) or not _half(line):
                raise SettingsError(f"{place}: not an exchange: {fault}") from None
            _log.warning("%s: left out: the line was not written to its end", place)


def _half(line: bytes) -> bool:
    """Whether a last line that cannot be read is the beginning of one of ours."""
    try:
        json.read(line)
    except ValueError:
        return line.startswith(_BEGIN) or _BEGIN.startswith(line)
    return False


class Tape:
    """A tape that is written. Nothing reaches it but through its redaction."""

    def __init__(self, path: Path, redaction: Redaction) -> None:
        """Open a tape to add to it, or begin one. Raises SettingsError if the file is no tape or cannot be written."""
        self.path = path
        self._redaction = redaction
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise SettingsError(f"{path}: cannot be written: {error.strerror}") from None
        try:
            with self._alone():
                self._mend()
        except SettingsError:
            os.close(self._file)
            raise

    def append(self, exchange: Exchange) -> None:
        """Write an exchange. Raises OSError if the disk is full."""
        line = lines.write(self._redaction.exchange(exchange))
        with self._lock, self._alone():
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]

    def close(self) -> None:
        os.close(self._file)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes that record on the same tape from writing meanwhile, where the system can."""
        if sys.platform == "win32":
            yield
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _mend(self) -> None:
        """Make the file end at the end of a line, so that the next one stands by itself."""
        for _ in read(self.path):
            pass
        content = self.path.read_bytes()
        last = content.rpartition(b"\n")[2]
        if not last:
            return
        if last.strip() and _half(last):
            os.ftruncate(self._file, len(content) - len(last))
        else:
            os.write(self._file, b"\n")
