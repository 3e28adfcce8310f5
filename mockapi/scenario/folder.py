"""The scenario files of a server: read at its start, and again when they change."""

from __future__ import annotations

import logging
from hashlib import blake2b
from pathlib import Path

from mockapi import json
from mockapi.clock import Alarm
from mockapi.scenario import load
from mockapi.scenario.book import Book
from mockapi.scenario.load import ScenarioFault
from mockapi.settings import SettingsError

_log = logging.getLogger("mockapi")
_LOOK_SECONDS = 0.5


class Folder:
    """Scenarios that stand in files. A file that cannot be read is told of, and what the others say goes on."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        if not self._path.exists():
            raise SettingsError(f"--scenarios: {path}: there is no such file or folder")
        self.book = Book("")
        self.faults: list[str] = []
        self._seen: dict[Path, tuple[int, int]] = {}
        self._alarm = Alarm(_LOOK_SECONDS)
        self._read()

    def look(self) -> Book:
        """The scenarios as the files have them now; looked for anew at most twice a second."""
        if self._alarm.rings() and self._stamps() != self._seen:
            self._read()
        return self.book

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        made = {}
        for path in load.files(self._path):
            try:
                told = path.stat()
            except OSError:
                continue
            made[path] = (told.st_mtime_ns, told.st_size)
        return made

    def _read(self) -> None:
        self._seen = self._stamps()
        found, self.faults = [], []
        for path in self._seen:
            try:
                found += load.read(path)
            except ScenarioFault as fault:
                self.faults.append(str(fault))
                _log.warning("%s", fault)
        # What came of a scenario is remembered by a name that every server which reads the same files gives it.
        said = json.write([scenario.model_dump(mode="json", by_alias=True, exclude_unset=True) for scenario in found])
        self.book = Book(f"files {blake2b(said, digest_size=8).hexdigest()} ")
        self.book.add(found)
