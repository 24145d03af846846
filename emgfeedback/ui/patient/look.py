"""How a patient wants the picture: colours, stillness, and where on the screen it stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from emgfeedback.ui import theme


class Place(enum.Enum):
    """Where on the screen the picture stands: a turned head looks to one side."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class PatientLook:
    """The patient's own choices, apart from the console's."""

    dark: bool = True
    reduced_motion: bool = False
    """Scenery stands still; what the patient steers still moves, because it is the feedback."""
    place: Place = Place.CENTRE
    numbers: bool = False
    """Print levels beside the bars."""

    @property
    def tokens(self) -> theme.Tokens:
        """The colours in force."""
        return theme.DARK if self.dark else theme.LIGHT
