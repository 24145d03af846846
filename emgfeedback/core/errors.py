"""Errors a user may see.

Every message says what happened with its value and limit, and what to do
next, on one line. Anything that is not an `EmgFeedbackError` is a bug: it goes
to the log with its traceback and never to the user as one.
"""


class EmgFeedbackError(Exception):
    """Base of all expected failures.

    Parameters
    ----------
    what
        What happened, with the value and the limit it broke.
    remedy
        What the user can do about it.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UsageError(EmgFeedbackError):
    """The command or its arguments are wrong (exit code 2)."""


class ConfigError(EmgFeedbackError):
    """A montage, plan or settings file holds something that cannot be used."""


class SettingsError(ConfigError):
    """A number asked for cannot work, such as a cut-off above Nyquist."""


class LinkError(EmgFeedbackError):
    """A port cannot be opened or used; subclasses name the cause."""


class PortMissing(LinkError):
    """No such port."""


class PortBusy(LinkError):
    """Another program holds the port."""


class PortForbidden(LinkError):
    """The operating system does not let the user open the port."""


class LinkLost(LinkError):
    """The port went away while in use (unplugged)."""


class BoardSilent(LinkError):
    """The port is open and nothing that can be understood comes from it."""


class BoardRestarts(LinkError):
    """The board starts anew while it should run."""


class ForeignBoard(LinkError):
    """Something answers, but not in a protocol we speak."""


class BoardRefused(LinkError):
    """The board answered a command with an error code.

    Parameters
    ----------
    code
        The code of `firmware/codes.csv`.
    """

    def __init__(self, code: int, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.code = code


class WrongChip(LinkError):
    """The board has another chip than the program was built for; nothing was written."""


class FlashFailed(LinkError):
    """A program could not be put into a board.

    Parameters
    ----------
    half_written
        Whether the board is left without a working program.
    """

    def __init__(self, what: str, remedy: str = "", *, half_written: bool = False) -> None:
        super().__init__(what, remedy)
        self.half_written = half_written


class FlashCancelled(FlashFailed):
    """The user stopped it."""


class FileFormatError(EmgFeedbackError):
    """A file is empty, cut off, foreign or hostile."""


class RecordingError(EmgFeedbackError):
    """A recording cannot be written: folder, permission, space, or existing file."""


class RegisterError(EmgFeedbackError):
    """The register of people cannot be opened, read or changed as asked."""


class ConflictError(RegisterError):
    """Somebody else changed it in the meantime."""


class AccessError(EmgFeedbackError):
    """Not open to this person: the role forbids it, or keys are missing, damaged or another's."""


class WrongPassphrase(AccessError):
    """Neither the passphrase nor the recovery key.

    Parameters
    ----------
    next_try_in_s
        How long to wait before trying again, seconds.
    """

    def __init__(self, what: str, remedy: str = "", next_try_in_s: float = 0.0) -> None:
        super().__init__(what, remedy)
        self.next_try_in_s = next_try_in_s
