"""The HTML file: the same content, nothing that runs or is fetched."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.html import html_text
from emgfeedback.reports.page import DISCLAIMER, Page
from tests.reports.pages import noted, plain, session_page, texts, trend_page
from tests.reports.test_pdf import HOSTILE

VOID = {"meta", "img", "col", "br"}


class Reader(HTMLParser):
    """Collects text and attributes; tags must close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


@pytest.mark.parametrize("page", [session_page(), trend_page()], ids=["session", "trend"])
def test_it_says_what_the_page_says(page: Page) -> None:
    found = plain(Reader(html_text(page)).words)
    assert not [text for text in texts(page) if plain(text) not in found]
    assert plain(DISCLAIMER) in found


def test_nothing_runs_and_nothing_is_fetched() -> None:
    reader = Reader(html_text(session_page()))
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "image", "use"}
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert name not in attributes, tag
    assert "url(http" not in html_text(session_page())


def test_it_names_its_language_and_describes_every_picture() -> None:
    reader = Reader(html_text(session_page(clinic=Clinic(language="en-GB"))))
    assert dict(reader.tags)["html"]["lang"] == "en-GB"
    pictures = [attributes for tag, attributes in reader.tags if tag == "svg"]
    assert len(pictures) == 4
    assert all(p["role"] == "img" and len(p["aria-label"] or "") > 20 for p in pictures)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    page = session_page(noted(text), Clinic(name=text))
    reader = Reader(html_text(page))
    assert plain(reader.words).count(plain(text)) >= 2
    assert [tag for tag, _ in reader.tags] == [
        tag for tag, _ in Reader(html_text(session_page(noted("x"), Clinic(name="y")))).tags
    ]


@pytest.mark.parametrize(("paper", "size"), [("a4", "A4"), ("letter", "letter")])
def test_it_prints_on_the_paper_asked_for(paper: str, size: str) -> None:
    clinic = Clinic(paper="letter" if paper == "letter" else "a4")
    assert f"@page {{ size: {size};" in html_text(session_page(clinic=clinic))
