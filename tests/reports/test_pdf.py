"""The PDF, read by somebody else's reader."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from emgfeedback.core.errors import FileFormatError
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.page import DISCLAIMER, Page
from emgfeedback.reports.pdf import pdf_bytes
from tests.reports.pages import MADE, noted, plain, session_page, texts, trend_page

HOSTILE = (
    '#import "x.typ"; #sys.inputs #read("/etc/passwd") $ x^2 $ *b* _i_ `raw` = head // no /* no */',
    "</svg><script>alert(1)</script> & &amp; ]]> <!-- \" ' \\ {{7*7}} %s %(x)s {0}",
    "1. first + second - third @ref <label> \\u{41} ~ --- ...",
)


def read(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_bytes(page)))


def words(reader: PdfReader) -> str:
    return plain(sheet.extract_text() for sheet in reader.pages)


@pytest.mark.parametrize("page", [session_page(), trend_page()], ids=["session", "trend"])
def test_every_text_and_number_with_its_unit_is_found(page: Page) -> None:
    found = words(read(page))
    missing = [text for text in texts(page) if plain(text) not in found]
    assert not missing
    assert sum("µV" in text for text in texts(page)) > 5
    assert plain(DISCLAIMER) in found
    assert plain("page 1 of 1") in found


@pytest.mark.parametrize("page", [session_page(), trend_page()], ids=["session", "trend"])
def test_it_is_tagged_for_screen_readers_and_made_for_archives(page: Page) -> None:
    reader = read(page)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    kinds = [element["/S"] for element in elements(root["/StructTreeRoot"])]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds)
    figures = [e for e in elements(root["/StructTreeRoot"]) if e["/S"] == "/Figure"]
    assert all(len(figure["/Alt"]) > 20 for figure in figures)
    meta = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in meta
    assert "pdfaid:part>2<" in meta
    assert "pdfaid:conformance>A<" in meta
    assert reader.metadata is not None
    assert reader.metadata.title == f"{page.title}, {page.subject}"
    assert reader.metadata.creation_date == MADE


def elements(node: Any) -> list[Any]:
    """The structure elements below `node`, in order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [found for child in node for found in elements(child)]
    if not hasattr(node, "get"):
        return []
    own = [node] if "/S" in node else []
    return own + (elements(node["/K"]) if "/K" in node else [])


def test_every_font_is_inside_the_file() -> None:
    fonts = []
    for sheet in read(session_page()).pages:
        resources: Any = sheet["/Resources"]
        for font in resources["/Font"].values():
            of = font.get_object()["/DescendantFonts"][0].get_object()
            fonts.append(of["/BaseFont"])
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(of["/FontDescriptor"])
    assert any("Inter-Regular" in name for name in fonts)
    assert any("Inter-SemiBold" in name for name in fonts)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595.28, 841.89)), ("letter", (612, 792))])
def test_the_paper_is_as_asked_and_one_page_long(paper: Any, size: tuple[float, float]) -> None:
    for page in (session_page(clinic=Clinic(paper=paper)), trend_page(200, Clinic(paper=paper))):
        reader = read(page)
        assert len(reader.pages) == 1
        box = reader.pages[0].mediabox
        assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.01)


def test_the_same_page_gives_the_same_bytes_and_another_date_other_ones() -> None:
    page = session_page()
    assert pdf_bytes(page) == pdf_bytes(page)
    assert pdf_bytes(replace(page, made=MADE + dt.timedelta(days=1))) != pdf_bytes(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    clinic = Clinic(name=text, show_name=True)
    page = session_page(noted(text), clinic)
    reader = read(replace(page, title=text, sentence=text))
    assert words(reader).count(plain(text)) >= 4
    assert b"/JavaScript" not in pdf_bytes(page)


@pytest.mark.parametrize("text", ["Übung groß, Ärger", "Привет, мир", "Ελλάδα", "Łódź čž"])
def test_european_letters_are_set(text: str) -> None:
    assert plain(text) in words(read(session_page(noted(text))))


def test_a_letter_the_font_lacks_is_shown_as_a_box_and_said() -> None:
    found = words(read(session_page(noted("note 中 end"))))
    assert plain("note □ end") in found
    assert plain("a letter this report's font does not have") in found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=80))
def test_no_text_stops_a_report(text: str) -> None:
    assert pdf_bytes(session_page(noted(text))).startswith(b"%PDF-1.7")


def png(width: int, height: int) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\x00" + b"\xff" * 3 * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def test_a_logo_stands_in_the_file(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(40, 20))
    with_logo = read(session_page(clinic=Clinic("Clinic", logo)))
    assert len(list(with_logo.pages[0].images)) == 1


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", png(5000, 1), b"\xff\xd8\xff\xe0\x00\x10", b"<svg/>"]
)
def test_a_foreign_logo_is_refused(tmp_path: Path, content: bytes) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"logo\.png"):
        pdf_bytes(session_page(clinic=Clinic("Clinic", logo)))
