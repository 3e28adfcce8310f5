"""The store in one SQLite file: it outlives the process, and the processes of one machine share it.

Each step is done on the event loop, since it takes less than a change of threads would. What is written survives the end of a process at
any moment; when the machine itself fails the latest of it may be lost.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from mockapi import errors, json
from mockapi.admission.limits import Level, Meter
from mockapi.clock import wall_micros
from mockapi.errors import ApiError
from mockapi.settings import SettingsError
from mockapi.store import MOST, Change, LeaseLost
from mockapi.store.memory import CURSORS, REMEMBERED, REMEMBERED_NAMES, charged

# Seconds that a step waits for another process to finish its own.
_PATIENCE = 5
# After so many steps of a kind it is looked at whether there is too much of it.
_TURN = 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (world TEXT, kind TEXT, id TEXT, place INTEGER, value BLOB, PRIMARY KEY (world, kind, id)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS places ON objects (world, kind, place);
CREATE TABLE IF NOT EXISTS contents (world TEXT, id TEXT, number INTEGER, piece BLOB, UNIQUE (world, id, number));
CREATE TABLE IF NOT EXISTS counters (world TEXT, name TEXT, key TEXT, amount INTEGER, PRIMARY KEY (world, name, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS levels (world TEXT, name TEXT, value BLOB, PRIMARY KEY (world, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked (world TEXT, origin TEXT, times INTEGER, turn INTEGER, PRIMARY KEY (world, origin)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS asked_turns ON asked (world, turn);
CREATE TABLE IF NOT EXISTS names (world TEXT, name BLOB, until INTEGER, turn INTEGER, PRIMARY KEY (world, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS name_turns ON names (world, turn);
CREATE TABLE IF NOT EXISTS journal (world TEXT, number INTEGER, size INTEGER, entry BLOB, PRIMARY KEY (world, number));
CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, owner TEXT, until INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (world TEXT, part TEXT, version INTEGER, value BLOB, PRIMARY KEY (world, part)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS told_versions ON told (version);
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
"""
_PUT = """
INSERT INTO objects VALUES (?1, ?2, ?3, (SELECT coalesce(max(place), 0) + 1 FROM objects WHERE world = ?1 AND kind = ?2), ?4)
ON CONFLICT DO UPDATE SET place = CASE WHEN value IS NULL THEN excluded.place ELSE place END, value = excluded.value"""
_DELETE = "UPDATE objects SET value = NULL WHERE world = ? AND kind = ? AND id = ? AND value IS NOT NULL"
_COMPACT = """
DELETE FROM objects WHERE world = ?1 AND kind = ?2 AND value IS NULL
AND place < (SELECT max(place) FROM objects WHERE world = ?1 AND kind = ?2) - ?3"""
_WRITE = """
INSERT INTO contents VALUES (?1, ?2, (SELECT coalesce(max(number), 0) + 1 FROM contents WHERE world = ?1 AND id = ?2), ?3)"""
_COUNT = (
    "INSERT INTO counters VALUES {rows} ON CONFLICT DO UPDATE SET amount = min(" + f"{MOST}, amount + excluded.amount)",
    f"(?, ?, ?, min({MOST}, ?))",
)
_ASKED = """
INSERT INTO asked VALUES (?1, ?2, 1, (SELECT coalesce(max(turn), 0) + 1 FROM asked WHERE world = ?1))
ON CONFLICT DO UPDATE SET times = times + 1, turn = excluded.turn RETURNING times, turn"""
# What is torn out leaves the number of its last entry.
_NOTE = "INSERT INTO journal VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM journal WHERE world = ?1), length(?2), ?2)"
_HOLD = """
INSERT INTO leases VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE owner = excluded.owner OR until < ?4"""
_NUMBER = "INSERT INTO numbers VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number"
_TABLES = ("objects", "contents", "counters", "levels", "asked", "names", "journal")


P = ParamSpec("P")
T = TypeVar("T")


def _told(step: Callable[P, T]) -> Callable[P, T]:
    """A step whose faults are told as those of any store that cannot be reached."""

    def told(*given: P.args, **named: P.kwargs) -> T:
        try:
            return step(*given, **named)
        except sqlite3.DatabaseError as fault:
            raise errors.control_error(f"The store of mockapi cannot be reached: {fault}", status=503) from None

    return told


class _Cursor(sqlite3.Cursor):
    """Rows. To read the last of them may be to write: then a statement is done that stands alone."""

    fetchone = _told(sqlite3.Cursor.fetchone)
    fetchall = _told(sqlite3.Cursor.fetchall)

    @_told
    def __next__(self) -> Any:
        return super().__next__()


class _Connection(sqlite3.Connection):
    executescript = _told(sqlite3.Connection.executescript)

    @_told
    def execute(self, *asked: Any) -> sqlite3.Cursor:
        return self.cursor(_Cursor).execute(*asked)


class SqliteStores:
    """The file and its connection, one for each process."""

    def __init__(self, path: str) -> None:
        """Raises SettingsError where there can be no such file."""
        self._path = path
        self._process = 0
        self._connection: sqlite3.Connection | None = None
        try:
            _ = self.connection
        except (sqlite3.Error, ApiError) as fault:
            raise SettingsError(f"--store: sqlite:{path}: {fault}") from None

    @property
    def connection(self) -> sqlite3.Connection:
        """That of this process: none is taken along into another one."""
        if self._connection is None or self._process != os.getpid():
            made = sqlite3.connect(self._path, _PATIENCE, isolation_level=None, check_same_thread=False, factory=_Connection)
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = OFF")
            made.executescript(_SCHEMA)
            # Not before all of it is there: a fault on the way is met anew by whoever asks next.
            self._process, self._connection = os.getpid(), made
        return self._connection

    def forked(self) -> None:
        """Before the process is doubled: a connection that is open must not be."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def whole(self) -> Iterator[sqlite3.Connection]:
        """Everything within happens, or nothing of it."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def of(self, world: str) -> SqliteStore:
        return SqliteStore(self, world)

    async def prove(self) -> None:
        self.connection.execute("REPLACE INTO numbers VALUES ('proof', 1)")

    async def version(self) -> int:
        found = self.connection.execute("SELECT number FROM numbers WHERE name = 'version'").fetchone()
        return 0 if found is None else int(found[0])

    async def told(self, since: int) -> tuple[int, list[tuple[str, str, bytes]]]:
        with self.whole() as connection:
            found = connection.execute("SELECT world, part, value FROM told WHERE version > ? ORDER BY version", (since,)).fetchall()
            return await self.version(), found

    async def tell(self, world: str, part: str, value: bytes) -> None:
        with self.whole() as connection:
            (version,) = connection.execute(_NUMBER, ("version",)).fetchone()
            connection.execute("REPLACE INTO told VALUES (?, ?, ?, ?)", (world, part, version, value))

    async def bury(self, owner: str) -> None:
        self.connection.execute("DELETE FROM leases WHERE substr(owner, 1, ?) = ?", (len(owner), owner))

    async def close(self) -> None:
        self.forked()


class SqliteStore:
    """The rows of one world."""

    def __init__(self, stores: SqliteStores, world: str) -> None:
        self._stores = stores
        self._world = world
        self._steps = 0
        # Bytes that were added to the journal since there was made room.
        self._noted = 0

    @property
    def _db(self) -> sqlite3.Connection:
        return self._stores.connection

    def _often(self) -> bool:
        self._steps += 1
        return self._steps % _TURN == 0

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT value FROM objects WHERE world = ? AND kind = ? AND id = ?", (self._world, kind, id)).fetchone()
        return None if row is None or row[0] is None else _value(row[0])

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        self._make(("put", kind, id, json.write(value)))

    async def delete(self, kind: str, id: str) -> bool:
        return self._make(("delete", kind, id))

    async def page(
        self, kind: str, *, after: str | None = None, descending: bool = False, limit: int | None = None
    ) -> list[dict[str, Any]]:
        db, order, sign = self._db, ("DESC" if descending else "ASC"), ("<" if descending else ">")
        place = None
        if after is not None:
            place = db.execute("SELECT place FROM objects WHERE world = ? AND kind = ? AND id = ?", (self._world, kind, after)).fetchone()
        beyond = "" if place is None else f"AND place {sign} {place[0]} "
        rows = db.execute(
            f"SELECT value FROM objects WHERE world = ? AND kind = ? {beyond}AND value IS NOT NULL ORDER BY place {order} LIMIT ?",
            (self._world, kind, -1 if limit is None else limit),
        )
        return [_value(row[0]) for row in rows]

    async def write(self, id: str, content: bytes) -> None:
        self._make(("write", id, content))

    async def read(self, id: str) -> bytes | None:
        found = self._db.execute("SELECT piece FROM contents WHERE world = ? AND id = ? ORDER BY number", (self._world, id)).fetchall()
        return b"".join([row[0] for row in found]) if found else None

    async def erase(self, id: str) -> None:
        self._make(("erase", id))

    async def count(self, name: str, amounts: dict[str, int]) -> None:
        self._make(("count", name, amounts))

    async def counted(self, name: str) -> dict[str, int]:
        return dict(self._db.execute("SELECT key, amount FROM counters WHERE world = ? AND name = ?", (self._world, name)).fetchall())

    async def tally(self, name: str, key: str) -> int:
        asked = "SELECT amount FROM counters WHERE world = ? AND name = ? AND key = ?"
        row = self._db.execute(asked, (self._world, name, key)).fetchone()
        return 0 if row is None else int(row[0])

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        with self._stores.whole() as db:
            row = db.execute("SELECT value FROM levels WHERE world = ? AND name = ?", (self._world, group)).fetchone()
            levels = {} if row is None else {per: Level(*level) for per, level in json.read(row[0]).items()}
            after, short = charged(levels, meter, amounts, now)
            if short is None:
                levels.update(zip(meter.names, after, strict=True))
                db.execute("REPLACE INTO levels VALUES (?, ?, ?)", (self._world, group, json.write(levels)))
        return after, short

    async def ordinal(self, origin: int) -> int:
        ((times, turn),) = self._db.execute(_ASKED, (self._world, str(origin))).fetchall()
        if self._often():
            self._db.execute("DELETE FROM asked WHERE world = ? AND turn <= ?", (self._world, turn - REMEMBERED))
        return int(times) - 1

    async def renew(self, names: Sequence[bytes], now: int, until: int) -> int:
        found = 0
        with self._stores.whole() as db:
            turn = db.execute("SELECT max(turn) FROM names WHERE world = ?", (self._world,)).fetchone()[0] or 0
            for number, name in enumerate(names, 1):
                row = db.execute("SELECT until FROM names WHERE world = ? AND name = ?", (self._world, name)).fetchone()
                if row is not None and row[0] > now:
                    found = number
            for number, name in enumerate(names, 1):
                db.execute("REPLACE INTO names VALUES (?, ?, ?, ?)", (self._world, name, until, turn + number))
            if self._often():
                db.execute("DELETE FROM names WHERE world = ? AND turn <= ?", (self._world, turn + len(names) - REMEMBERED_NAMES))
        return found

    async def rows(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        asked = "SELECT id, value FROM objects WHERE world = ? AND kind = ? AND value IS NOT NULL ORDER BY place"
        return [(id, _value(text)) for id, text in self._db.execute(asked, (self._world, kind))]

    async def commit(self, changes: Sequence[Change], held: tuple[str, str] | None = None) -> None:
        with self._stores.whole() as db:
            if held is not None:
                name, owner = held
                row = db.execute("SELECT 1 FROM leases WHERE name = ? AND owner = ?", (f"{self._world} {name}", owner)).fetchone()
                if row is None:
                    raise LeaseLost(name)
            for change in changes:
                self._make(change)

    async def hold(self, name: str, owner: str, seconds: float) -> bool:
        now = wall_micros()
        return self._db.execute(_HOLD, (f"{self._world} {name}", owner, now + round(seconds * 1_000_000), now)).rowcount > 0

    async def release(self, name: str, owner: str) -> None:
        self._db.execute("DELETE FROM leases WHERE name = ? AND owner = ?", (f"{self._world} {name}", owner))

    async def note(self, entry: bytes, most: int, most_bytes: int) -> None:
        self._db.execute(_NOTE, (self._world, entry))
        self._noted += len(entry)
        if self._often() or self._noted > most_bytes // 8:
            self._noted = 0
            first = max(await self.last() + 1 - most, self._first_of(most_bytes))
            self._db.execute("DELETE FROM journal WHERE world = ? AND number < ?", (self._world, first))

    def _first_of(self, most_bytes: int) -> int:
        """The first of the entries that are so many bytes together."""
        sizes = self._db.execute("SELECT number, size FROM journal WHERE world = ? ORDER BY number DESC", (self._world,))
        for number, size in sizes:
            most_bytes -= size
            if most_bytes < 0:
                return int(number) + 1
        return 0

    async def noted(self) -> tuple[int, list[bytes]]:
        asked = "SELECT number, entry FROM journal WHERE world = ? AND entry IS NOT NULL ORDER BY number"
        found = self._db.execute(asked, (self._world,)).fetchall()
        return (found[0][0] if found else await self.last() + 1), [row[1] for row in found]

    async def last(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(number), 0) FROM journal WHERE world = ?", (self._world,)).fetchone()[0])

    async def tear_out(self) -> None:
        with self._stores.whole() as db:
            last = await self.last()
            db.execute("DELETE FROM journal WHERE world = ? AND number < ?", (self._world, last))
            db.execute("UPDATE journal SET entry = NULL WHERE world = ?", (self._world,))

    async def clear(self) -> None:
        with self._stores.whole() as db:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table} WHERE world = ?", (self._world,))
            held = f"{self._world} "
            db.execute("DELETE FROM leases WHERE substr(name, 1, ?) = ?", (len(held), held))

    def _make(self, change: Change) -> bool:
        """One change; whether anything was there to be deleted."""
        db, world = self._db, self._world
        match change:
            case "put", kind, id, value:
                db.execute(_PUT, (world, kind, id, value))
            case "delete", kind, id:
                if self._often():
                    db.execute(_COMPACT, (world, kind, CURSORS))
                return db.execute(_DELETE, (world, kind, id)).rowcount > 0
            case "write", id, content:
                db.execute(_WRITE, (world, id, content))
            case "erase", id:
                db.execute("DELETE FROM contents WHERE world = ? AND id = ?", (world, id))
            case "count", name, amounts:
                counting, row = _COUNT
                told = [each for key, amount in amounts.items() for each in (world, name, key, amount)]
                if told:
                    db.execute(counting.format(rows=", ".join([row] * len(amounts))), told)
        return False


def _value(text: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.read(text)
    return value
