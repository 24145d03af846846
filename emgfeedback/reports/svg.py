"""A small writer of SVG: shapes with attributes, text escaped, nothing else."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', sans-serif"


class Svg:
    """A drawing of `width` x `height` points, built from back to front."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def shape(self, tag: str, **attributes: object) -> None:
        """Add a shape; `stroke_width` is written `stroke-width`, numbers to a hundredth."""
        self._parts.append(f"<{tag}{_attributes(attributes)}/>")

    def text(
        self, x: float, y: float, words: str, *, size: float = 7.5, **attributes: object
    ) -> None:
        """Add `words` on the line `y`."""
        given = {"x": x, "y": y, "font_size": size, **attributes}
        self._parts.append(f"<text{_attributes(given)}>{escape(words)}</text>")

    def pattern(self, name: str, *, colour: str, step: float, rising: bool = True) -> None:
        """Define a hatch of lines `step` apart; use it as `fill="url(#name)"`."""
        turn = 45 if rising else -45
        self._parts.append(
            f'<defs><pattern id="{name}" width="{step}" height="{step}" '
            f'patternUnits="userSpaceOnUse" patternTransform="rotate({turn})">'
            f'<path d="M0 0V{step}" stroke="{colour}" stroke-width="0.8"/></pattern></defs>'
        )

    def finish(self) -> str:
        """Return the file."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" font-family="{FONT}">'
            f"{''.join(self._parts)}</svg>"
        )


def _attributes(given: dict[str, object]) -> str:
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(_written(value))}" for name, value in given.items()
    )


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
