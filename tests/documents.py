"""Small documents of every format that is read, each with a text in it."""

from __future__ import annotations

import io
import zipfile

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SLIDE = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def zipped(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def docx(*paragraphs: str) -> bytes:
    told = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return zipped({"word/document.xml": f"<?xml version='1.0'?><w:document {_WORD}><w:body>{told}</w:body></w:document>"})


def pptx(*slides: str) -> bytes:
    return zipped(
        {
            f"ppt/slides/slide{number}.xml": f"<p:sld {_SLIDE}><p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"
            for number, text in enumerate(slides, 1)
        }
    )


def xlsx(shared: list[str], rows: str) -> bytes:
    strings = "".join(f"<si><t>{text}</t></si>" for text in shared)
    return zipped(
        {
            "xl/sharedStrings.xml": f"<sst {_SHEET}>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {_SHEET}><sheetData>{rows}</sheetData></worksheet>",
        }
    )


def pdf(*pages: str) -> bytes:
    """A file with a line of text on each page."""
    return drawn(*(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" for text in pages))


def drawn(*pages: str, form: str = "") -> bytes:
    """A file with pages that are drawn so; `/X Do` draws the form."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, told in enumerate(pages):
        means = f"/Resources << /Font << /F1 3 0 R >> /XObject << /X {4 + 2 * count} 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {means} /Contents {5 + 2 * number} 0 R >>"
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%b\nendstream" % (len(told), told.encode())]
    head = f"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Length {len(form)}"
    objects.append(f"<< {head} >>\nstream\n{form}\nendstream".encode())
    written = io.BytesIO(b"%PDF-1.4\n")
    written.seek(0, io.SEEK_END)
    places = []
    for number, each in enumerate(objects, 1):
        places.append(written.tell())
        written.write(b"%d 0 obj\n%b\nendobj\n" % (number, each))
    start = written.tell()
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    written.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, rows))
    written.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return written.getvalue()


def doc(text: str) -> bytes:
    """The old office format as far as it is read: its signature, and the text among other bytes."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + b"\x01\x02" + text.encode("utf-16-le") + bytes(64)
