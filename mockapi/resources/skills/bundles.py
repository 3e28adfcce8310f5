"""The bundle of files that a skill is: read from a folder or a zip archive, checked, and kept as an archive.

An archive is only unpacked as far as its checks go: no file is kept unpacked, and what it unpacks to is bounded.
"""

from __future__ import annotations

import lzma
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from mockapi.contract.types import Upload

_MIB = 1024 * 1024
# doc: the guide's limits of an archive, of the number of its files, and of one of them
LARGEST = 50 * _MIB
_MOST_FILES, _LARGEST_FILE = 500, 25 * _MIB
# guess: what all files may come to; an archive has more entries than files, and notes of the system that packed it
_LARGEST_WHOLE, _MOST_ENTRIES = 100 * _MIB, 5000
_ENTRY, _ARCHIVE, _PIECE = b"PK\x01\x02", b"PK", 64 * 1024
_LONGEST_PATH, _LONGEST_MANIFEST = 512, 256 * 1024
# doc: the agent skills specification, which the guide names
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME, _LONGEST_DESCRIPTION = 64, 1024
_UNREADABLE = (BadZipFile, LargeZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, zlib.error, lzma.LZMAError)
_MANIFEST = "skill.md"
_HEAD = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


class Bundle(NamedTuple):
    """What a skill's manifest says of it, and the archive of its files."""

    name: str
    description: str
    archive: bytes


class BundleFault(Exception):
    """Why files are no skill."""


def read(files: list[Upload]) -> Bundle:
    """The bundle of some files: one archive, or a folder by the paths of its files. Raises BundleFault."""
    if len(files) == 1 and (files[0].content.startswith(_ARCHIVE) or files[0].filename.lower().endswith(".zip")):
        archive = files[0].content
        name, description = _manifest(_unpacked(archive))
        return Bundle(name, description, archive)
    folder = [(file.filename, file.content) for file in files]
    name, description = _manifest(iter(folder))
    return Bundle(name, description, _packed(folder))


def _packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive that depends on its files alone."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for path, content in sorted(files):
            archive.writestr(ZipInfo(path), content, ZIP_DEFLATED)
    return written.getvalue()


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of an archive by path; of those that are too large only as much as shows it."""
    if len(content) > LARGEST:
        raise BundleFault(f"the zip file is larger than {LARGEST} bytes.")
    # Counted before the archive is opened, which makes an object of each.
    if content.count(_ENTRY) > _MOST_ENTRIES:
        raise BundleFault(f"it has more than {_MOST_FILES} files.")
    try:
        with ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
                    continue
                if stat.S_ISLNK(entry.external_attr >> 16):
                    raise BundleFault(f"'{_shown(entry.filename)}' is a link.")
                if entry.flag_bits & 1:
                    raise BundleFault(f"'{_shown(entry.filename)}' is encrypted.")
                with archive.open(entry) as part:
                    yield entry.filename, part.read(_LARGEST_FILE + 1)
    except _UNREADABLE:
        raise BundleFault("the zip file cannot be read.") from None


def _manifest(files: Iterator[tuple[str, bytes]]) -> tuple[str, str]:
    """Name and description of a skill by its only manifest, once all of its files are as they should be."""
    seen: set[str] = set()
    top, whole, manifests = "", 0, list[tuple[str, bytes]]()
    for path, content in files:
        folder, *rest = _steps(path)
        top = top or folder
        if path in seen:
            raise BundleFault(f"there are two files '{_shown(path)}'.")
        seen.add(path)
        whole += len(content)
        if len(seen) > _MOST_FILES:
            raise BundleFault(f"it has more than {_MOST_FILES} files.")
        if len(content) > _LARGEST_FILE:
            raise BundleFault(f"'{_shown(path)}' is larger than {_LARGEST_FILE} bytes.")
        if whole > _LARGEST_WHOLE:
            raise BundleFault(f"its files are larger than {_LARGEST_WHOLE} bytes together.")
        if folder != top or not rest:
            raise BundleFault("all files must be in a single top-level folder.")
        if rest[-1].lower() == _MANIFEST:
            manifests.append((path, content))
    if len(manifests) != 1 or manifests[0][0].count("/") != 1:
        raise BundleFault("it must have exactly one SKILL.md, in its top-level folder.")
    return _described(manifests[0][1])


def _steps(path: str) -> list[str]:
    """The folders of a path and its file. Raises for one that leads elsewhere."""
    steps = path.split("/")
    bad = any(step in ("", ".", "..") for step in steps) or "\\" in path or ":" in steps[0] or not path.isprintable()
    if bad or len(path) > _LONGEST_PATH:
        raise BundleFault(f"'{_shown(path)}' is not a relative path.")
    return steps


def _shown(path: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in path[:80])


def _described(manifest: bytes) -> tuple[str, str]:
    """Name and description of the front matter."""
    # Imported on first use: few clients upload skills.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(manifest) > _LONGEST_MANIFEST:
        raise BundleFault(f"SKILL.md is larger than {_LONGEST_MANIFEST} bytes.")
    try:
        head = _HEAD.match(manifest.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BundleFault("SKILL.md is not UTF-8 text.") from None
    if head is None:
        raise BundleFault("SKILL.md must begin with YAML front matter between two lines '---'.")
    try:
        found: Any = YAML(typ="safe", pure=True).load(head[1])
    except (YAMLError, ValueError, RecursionError, TypeError):
        raise BundleFault("the front matter of SKILL.md is not valid YAML.") from None
    found = found if isinstance(found, dict) else {}
    name, description = found.get("name"), found.get("description")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise BundleFault(
            f"the front matter of SKILL.md must have a 'name' of at most {_LONGEST_NAME} lowercase letters, digits and single hyphens."
        )
    if not isinstance(description, str) or not description.strip() or len(description) > _LONGEST_DESCRIPTION:
        raise BundleFault(f"the front matter of SKILL.md must have a 'description' of at most {_LONGEST_DESCRIPTION} characters.")
    return name, description
