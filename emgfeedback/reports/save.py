"""A page becomes a new file, in the format of its name."""

from __future__ import annotations

from pathlib import Path

from emgfeedback.core.errors import UsageError
from emgfeedback.core.files import for_owner_only
from emgfeedback.records.export import new_file
from emgfeedback.reports.html import html_text
from emgfeedback.reports.page import Page
from emgfeedback.reports.pdf import pdf_bytes

SUFFIXES = (".pdf", ".html")


def check_suffix(out: Path) -> None:
    """Refuse a name that no painter writes. Raises UsageError."""
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"Cannot write a report as {out.suffix or 'a file without a suffix'}: {out.name}.",
            "Use .pdf or .html.",
        )


def save_report(page: Page, out: Path) -> None:
    """Write `page` to the new file `out`, readable by its owner alone.

    Raises
    ------
    UsageError
        For another suffix.
    FileFormatError
        The clinic's logo cannot be used.
    RecordingError
        The page cannot be set, or `out` exists or cannot be written; nothing is left behind.
    """
    check_suffix(out)
    is_pdf = out.suffix.lower() == ".pdf"
    content = pdf_bytes(page) if is_pdf else html_text(page).encode("utf-8")
    with new_file(out) as part, open(part, "xb", opener=for_owner_only) as file:
        file.write(content)
