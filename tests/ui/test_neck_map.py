"""The neck map lights the right muscle, on the right side, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from emgfeedback.core.montage import Side
from emgfeedback.engine.snapshot import ChannelNow, Snapshot
from emgfeedback.ui import neck_drawing, theme
from emgfeedback.ui.neck_drawing import Muscle
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.widgets.neck_map import NeckMap
from tests.ui.stage_session import LOOSE, streaming, with_channel


def picture(widget: NeckMap) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[..., :3].astype(int)


@pytest.fixture
def neck(qtbot, look) -> NeckMap:
    made = NeckMap()
    qtbot.addWidget(made)
    made.resize(800, 420)
    return made


def only(snapshot: Snapshot, index: int) -> tuple[ChannelNow, ...]:
    return (snapshot.channels[index],)


def halves(neck: NeckMap, changed: np.ndarray, view: str) -> tuple[int, int]:
    """Return how many changed pixels lie left and right of the view's middle."""
    rect = neck.view_rect(view).toRect()
    part = changed[:, rect.left() : rect.right()]
    middle = part.shape[1] // 2
    return int(part[:, : middle - 2].sum()), int(part[:, middle + 2 :].sum())


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize(
    ("index", "views"),
    [(0, ("front", "back")), (2, ("front", "back")), (4, ("back",))],
    ids=["scm", "trapezius", "splenius"],
)
@pytest.mark.parametrize("offset", [0, 1], ids=["left", "right"])
def test_a_muscle_lights_on_its_own_side(
    neck, look, scheme: Scheme, index: int, views: tuple[str, ...], offset: int
) -> None:
    look.choose(scheme, 100)
    dark = picture(neck)
    neck.show_activity(only(streaming(), index + offset), (1.0,), live=True)
    changed = np.abs(picture(neck) - dark).max(axis=2) > 12
    for view in ("front", "back"):
        left, right = halves(neck, changed, view)
        own, other = (left, right) if offset == 0 else (right, left)
        assert other == 0, "the other side must stay dark"
        assert (own > 40) == (view in views)


def test_lit_muscles_have_the_colour_of_their_side(neck) -> None:
    t = theme.tokens()
    neck.show_activity(streaming().channels[:2], (1.0, 1.0), live=True)
    seen = picture(neck)
    rect = neck.view_rect("front").toRect()
    front = seen[:, rect.left() : rect.right()]
    middle = front.shape[1] // 2

    def near(colour, part: np.ndarray) -> int:
        wanted = np.array([colour.blue(), colour.green(), colour.red()])
        return int((np.abs(part - wanted).max(axis=2) < 40).sum())

    assert near(t.left, front[:, :middle]) > 100 > near(t.left, front[:, middle:]) + 99
    assert near(t.right, front[:, middle:]) > 100 > near(t.right, front[:, :middle]) + 99


def test_more_activity_changes_more(neck) -> None:
    channels = only(streaming(), 0)
    still = picture(neck)
    change = []
    for share in (0.0, 0.3, 0.6, 1.0):
        neck.show_activity(channels, (share,), live=True)
        change.append(np.abs(picture(neck) - still).sum())
    assert change == sorted(change)
    assert change[0] < change[-1]


def test_an_unusable_channel_never_lights_but_gets_a_ring(neck) -> None:
    still = picture(neck)
    bad = with_channel(streaming(), 2, verdict=LOOSE)
    neck.show_activity(only(bad, 2), (1.0,), live=True)
    assert neck.lit("trapezius", Side.LEFT) is None
    changed = np.abs(picture(neck) - still).max(axis=2) > 12
    assert 10 < changed.sum() < 2500, "a ring, not a filled muscle"
    assert halves(neck, changed, "front")[1] == 0


@pytest.mark.parametrize("live", [True, False])
def test_what_is_not_known_stays_dark(neck, live: bool) -> None:
    share = None if live else 1.0
    neck.show_activity(only(streaming(), 0), (share,), live=live)
    assert neck.lit("scm", Side.LEFT) is None


def test_both_views_hold_every_muscle_the_map_draws() -> None:
    for view, expected in (
        ("front", {"scm", "ut"}),
        ("back", {"scm", "ut", "splenius"}),
    ):
        muscles = [x for x in neck_drawing.drawing(view).layers if isinstance(x, Muscle)]
        assert {(m.muscle, m.side) for m in muscles} == {
            (name, side) for name in expected for side in ("left", "right")
        }
        for muscle in muscles:
            middle = muscle.outline.boundingRect().center().x()
            assert (middle < 300) == (muscle.side == "left")


def test_paths_are_read_as_written() -> None:
    path = neck_drawing.painter_path("M10 20L30 20V40H10l-5 -5C0 0 1 1 10 20Z")
    ends = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
    assert ends[:5] == [(10, 20), (30, 20), (30, 40), (10, 40), (5, 35)]
    assert ends[-1] == (10, 20)


def test_a_path_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="other than"):
        neck_drawing.painter_path("M0 0A5 5 0 0 1 10 10")


@pytest.mark.parametrize("aspect", [0.1, 0.58, 0.9, 1.3, 5.0])
def test_the_crop_always_holds_the_neck(aspect: float) -> None:
    shown = neck_drawing.crop(aspect)
    for view in ("front", "back"):
        for layer in neck_drawing.drawing(view).layers:
            if isinstance(layer, Muscle):
                assert shown.contains(layer.outline.boundingRect())
    assert neck_drawing.VIEW.contains(shown)
