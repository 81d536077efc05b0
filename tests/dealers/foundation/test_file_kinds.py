"""Attached files are known by what is in them; a name alone opens no door."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from dealers.foundation.file_kinds import CSV, DOCX, HEIC, JPEG, PDF, PNG, TEXT, WEBP, XLSX, FileKind, kind_of

PNG_BYTES = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG_BYTES = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)
PDF_BYTES = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
WEBP_BYTES = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20)
HEIC_BYTES = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(20)


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return packed.getvalue()


def workbook() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("contract.pdf", PDF_BYTES, PDF),
        ("CONTRACT.PDF", PDF_BYTES, PDF),
        ("shelf.png", PNG_BYTES, PNG),
        ("shelf.jpg", JPEG_BYTES, JPEG),
        ("shelf.jpeg", JPEG_BYTES, JPEG),
        ("shelf.webp", WEBP_BYTES, WEBP),
        ("phone.heic", HEIC_BYTES, HEIC),
        ("plan.xlsx", workbook(), XLSX),
        ("letter.docx", archive("[Content_Types].xml", "word/document.xml"), DOCX),
        ("spend.csv", "日期,金额\n".encode("gb18030"), CSV),
        ("note.txt", "费用说明".encode(), TEXT),
    ],
)
def test_accepted_kinds_are_recognised(name: str, content: bytes, kind: FileKind) -> None:
    assert kind_of(name, content) is kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", JPEG_BYTES),  # the ending says something else
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.txt", b"\x00\x01\x02"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("picture.jpg", b"<html><script>alert(1)</script>"),
        ("tool.exe", b"MZ" + bytes(60)),
        ("tool.txt", b"MZ" + bytes(60)),
        ("box.zip", archive("a.txt")),
        ("plan.xlsx", archive("a.txt")),
        ("plan.xlsx", archive("xl/workbook.xml", "xl/vbaProject.bin")),
        ("plan.xlsx", b"PK\x03\x04 broken"),
        ("noending", PDF_BYTES),
        ("latin.txt", b"caf\xe9"),
    ],
)
def test_everything_else_is_not(name: str, content: bytes) -> None:
    assert kind_of(name, content) is None
