"""The text of files: what each format says comes out, and whatever the bytes are, nothing else than the two refusals."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi.engine import documents
from mockapi.engine.documents import Unreadable, extract, portable
from tests import documents as made

PAGE = b"""<!doctype html><html><head><title>The tower</title><style>p { color: red }</style>
<script>if (a < b) { alert("no") }</script></head><body><!-- not <p>this</p> -->
<p>It is <b>300</b>&nbsp;metres high &amp; old.</p><ul><li>One</li><li>Two</li></ul>5 < 6</body></html>"""
ROWS = '<row><c t="s"><v>0</v></c><c><v>12.5</v></c></row><row><c t="inlineStr"><is><t>tea</t></is></c><c t="s"><v>1</v></c></row>'
WHOLE = {
    "a.txt": "A tower – 300 m.".encode(),
    "a.md": b"# Tower\n",
    "a.json": b'{"tower": 300}',
    "a.html": PAGE,
    "a.docx": made.docx("The tower", "300 metres"),
    "a.pptx": made.pptx("The tower", "300 metres"),
    "a.xlsx": made.xlsx(["price", "cup"], ROWS),
    "a.pdf": made.pdf("The tower", "300 metres"),
    "a.doc": made.doc("The tower is three hundred metres high."),
    "a.csv": b"name,height\ntower,300\n",
}


def test_texts_come_out_as_they_are() -> None:
    assert extract("a.txt", WHOLE["a.txt"]) == "A tower – 300 m."
    assert extract("A.PY", b"print('hello')\n") == "print('hello')\n"
    assert extract("a.csv", WHOLE["a.csv"]) == "name,height\ntower,300\n"
    assert extract("a.txt", b"\xef\xbb\xbfhello") == "hello"
    for encoding in ("utf-16-le", "utf-16-be"):
        assert extract("a.txt", ("\ufeff" + "héllo").encode(encoding)) == "héllo"


def test_a_page_says_what_its_reader_sees() -> None:
    assert extract("a.html", PAGE) == "The tower\nIt is 300 metres high & old.\nOne\nTwo\n5 < 6"


def test_documents_say_their_paragraphs_slides_rows_and_pages() -> None:
    assert extract("a.docx", WHOLE["a.docx"]) == "The tower\n300 metres"
    assert extract("a.pptx", WHOLE["a.pptx"]) == "The tower\n\n300 metres"
    assert extract("a.xlsx", WHOLE["a.xlsx"]) == "price\t12.5\ntea\tcup"
    assert extract("a.pdf", WHOLE["a.pdf"]) == "The tower\n\n300 metres"
    assert "The tower is three hundred metres high." in extract("a.doc", WHOLE["a.doc"])


def test_slides_come_in_the_order_of_their_numbers() -> None:
    assert extract("a.pptx", made.pptx(*(f"slide {number}" for number in range(1, 13)))).split("\n\n")[8:11] == [
        "slide 9",
        "slide 10",
        "slide 11",
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"hello", "unsupported_file"),
        ("notes", b"hello", "unsupported_file"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "unsupported_file"),
        ("a.txt", b"caf\xe9", "unsupported_file"),
        ("a.pdf", b"hello", "invalid_file"),
        ("a.pdf", made.pdf("hello")[:60], "invalid_file"),
        ("a.docx", b"hello", "invalid_file"),
        ("a.docx", made.zipped({"other.xml": "<a/>"}), "invalid_file"),
        ("a.docx", made.zipped({"word/document.xml": "<a>"}), "invalid_file"),
        ("a.pptx", made.docx("hello"), "invalid_file"),
        ("a.xlsx", made.xlsx([], '<row><c t="s"><v>7</v></c></row>'), "invalid_file"),
        ("a.doc", b"hello", "invalid_file"),
    ],
)
def test_what_cannot_be_read_is_told_apart(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        extract(name, content)
    assert caught.value.code == code


def test_what_unpacks_into_much_is_too_large() -> None:
    bombs = {
        "a.docx": made.zipped({"word/document.xml": b"<a>" + b" " * (65 * 1024 * 1024) + b"</a>"}),
        "a.xlsx": made.xlsx(["x" * 30_000], '<row><c t="s"><v>0</v></c></row>' * 1000),
        "a.pptx": made.pptx("a") + b"PK\x01\x02" * 10_001,
        "a.txt": b" " * (documents.MOST_CHARACTERS + 1),
    }
    assert all(len(content) < 100_000 for name, content in bombs.items() if name != "a.txt")
    for name, content in bombs.items():
        with pytest.raises(Unreadable, match="too large"):
            extract(name, content)


def test_a_drawing_that_takes_long_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = made.drawn("/X Do " * 40, form="BT /F1 12 Tf (again) Tj ET " * 10)
    assert extract("a.pdf", nested).count("again") == 400
    with pytest.raises(Unreadable, match="too large"):
        extract("a.pdf", made.pdf(*["page"] * 2001))
    with pytest.raises(Unreadable, match="too large"):
        extract("a.pdf", made.drawn("q Q " * (4 * 1024 * 1024 + 1)))
    monkeypatch.setattr(portable, "_MOST_STEPS", 2000)
    with pytest.raises(Unreadable, match="too large"):
        extract("a.pdf", nested)


def test_entities_are_not_followed() -> None:
    declared = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    with pytest.raises(Unreadable, match="could not be parsed"):
        extract("a.docx", made.zipped({"word/document.xml": declared}))


def test_bad_markup_costs_no_more_than_good() -> None:
    for piece in (b"<", b"<a", b"<!--", b"<script>", b"&", b"</", b"\xc2\xa0", b" \n", b"<p>"):
        extract("a.html", piece * 200_000)


@given(st.sampled_from(sorted(WHOLE)), st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_have_a_text_or_a_refusal(name: str, content: bytes) -> None:
    with suppress(Unreadable):
        extract(name, content).encode()


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=400, deadline=None)
def test_any_damage_leaves_a_text_or_a_refusal(name: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1)) if content else 0
        change = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        if change == "flip" and content:
            content[at] ^= data.draw(st.integers(1, 255))
        elif change == "cut":
            del content[at : at + data.draw(st.integers(1, 40))]
        else:
            content[at:at] = data.draw(st.binary(max_size=8))
    with suppress(Unreadable):
        extract(name, bytes(content)).encode()


def test_elements_within_elements_without_end_are_damaged() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" * 5_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="could not be parsed"):
            extract("a.docx", written.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
