"""Office documents: XML parts in a zip archive. Parts are read up to a bound, so that a small archive cannot unpack into a large one."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat
from zipfile import ZipFile

from mockapi.engine.documents import MOST_CHARACTERS, damaged, too_large

# Entries of an archive, and bytes of all its parts that are read.
_MOST_ENTRIES = 10_000
_MOST_BYTES = 64 * 1024 * 1024
_ENTRY = b"PK\x01\x02"
# Elements within elements: what an office writes has some tens.
_DEEPEST = 1000
_NUMBER = re.compile(r"\d+")


class _Parts:
    """The parts of a document by name."""

    def __init__(self, content: bytes) -> None:
        # Counted before the archive is opened, which makes an object of each.
        if content.count(_ENTRY) > _MOST_ENTRIES:
            raise too_large()
        self._archive = ZipFile(BytesIO(content))
        self._left = _MOST_BYTES

    def names(self, pattern: str) -> list[str]:
        """Parts whose name fits, in the order of the number in it."""
        found = [name for name in dict.fromkeys(self._archive.namelist()) if re.fullmatch(pattern, name)]
        return sorted(found, key=lambda name: (int(_NUMBER.findall(name)[-1][:9]), name))

    def has(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def read(self, name: str) -> bytes:
        with self._archive.open(name) as part:
            content = part.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise too_large()
        return content


def _walk(
    part: bytes,
    text: Callable[[str, str], None],
    end: Callable[[str], None],
    begin: Callable[[str, dict[str, str]], None] = lambda name, attributes: None,
) -> None:
    """Tell of a part's elements by their local names, and of texts with the name they stand in. Refuses entities: no office writes any."""
    within: list[str] = []

    def refuse(*declared: object) -> None:
        raise damaged()

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(within) >= _DEEPEST:
            refuse()
        within.append(name.rpartition(" ")[2])
        begin(within[-1], attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda name: end(within.pop())
    parser.CharacterDataHandler = lambda said: text(within[-1], said)
    parser.Parse(part, True)


def _paragraphs(part: bytes) -> str:
    """The paragraphs of a text document or a slide, one a line."""
    found: list[str] = []
    breaks = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t"}
    _walk(part, lambda name, said: found.append(said if name == "t" else ""), lambda name: found.append(breaks.get(name, "")))
    return "".join(found).strip("\n")


def docx(content: bytes) -> str:
    """The paragraphs of a Word document, then its notes."""
    parts = _Parts(content)
    names = ["word/document.xml", *(name for name in ("word/footnotes.xml", "word/endnotes.xml") if parts.has(name))]
    return "\n".join(_paragraphs(parts.read(name)) for name in names)


def pptx(content: bytes) -> str:
    """The texts of the slides, each with its notes, an empty line between two."""
    parts = _Parts(content)
    slides = parts.names(r"ppt/slides/slide\d+\.xml")
    if not slides:
        raise damaged()
    notes = {_NUMBER.findall(name)[-1]: name for name in parts.names(r"ppt/notesSlides/notesSlide\d+\.xml")}
    told = []
    for slide in slides:
        told.append(_paragraphs(parts.read(slide)))
        note = notes.get(_NUMBER.findall(slide)[-1])
        if note is not None:
            told.append(_paragraphs(parts.read(note)))
    return "\n\n".join(told)


def xlsx(content: bytes) -> str:
    """The cells of the sheets, a row a line with tabs between the cells, an empty line between two sheets."""
    parts = _Parts(content)
    sheets = parts.names(r"xl/worksheets/sheet\d+\.xml")
    if not sheets:
        raise damaged()
    shared = _strings(parts.read("xl/sharedStrings.xml")) if parts.has("xl/sharedStrings.xml") else []
    return "\n\n".join("\n".join(_rows(parts.read(sheet), shared)) for sheet in sheets)


def _strings(part: bytes) -> list[str]:
    """The texts that cells share, in order."""
    found: list[list[str]] = [[]]

    def end(name: str) -> None:
        if name == "si":
            found.append([])

    _walk(part, lambda name, said: found[-1].append(said if name == "t" else ""), end)
    return ["".join(said) for said in found[:-1]]


def _rows(part: bytes, shared: list[str]) -> list[str]:
    rows: list[list[str]] = [[]]
    cell: list[str] = []
    kinds: list[str | None] = []
    left = MOST_CHARACTERS

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            cell.clear()
            kinds.append(attributes.get("t"))

    def end(name: str) -> None:
        nonlocal left
        if name == "c":
            told = "".join(cell)
            rows[-1].append(shared[int(told)] if kinds[-1] == "s" and told else told)
            # A text that many cells share counts for each.
            left -= len(rows[-1][-1]) + 1
        elif name == "row":
            rows.append([])
        if left < 0:
            raise too_large()

    _walk(part, lambda name, said: cell.append(said if name in ("v", "t") else ""), end, begin)
    return ["\t".join(row) for row in rows[:-1]]
