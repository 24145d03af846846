"""Why a port cannot be opened, each cause with its remedy."""

from __future__ import annotations

import errno
import getpass
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from serial.tools.list_ports import comports

from emgfeedback.core.errors import LinkError, PortBusy, PortForbidden, PortMissing

PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
"""What pyserial lets through when a port fails."""
if sys.platform != "win32":
    import termios

    PORT_ERRORS = (OSError, termios.error)

_MISSING = {
    errno.ENOENT,
    errno.ENODEV,
    errno.ENXIO,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EIO,
}
_BUSY = {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


def check_is_port(path: str) -> None:
    """Refuse what cannot be a serial port before it is opened.

    Raises
    ------
    PortMissing
        There is nothing at `path`.
    PortForbidden
        The way to it may not be searched.
    LinkError
        It is a file or folder.
    """
    if not path:
        raise missing(path)
    if sys.platform == "win32":
        return
    try:
        mode = Path(path).stat().st_mode
    except ValueError:
        raise missing(path) from None
    except OSError as error:
        raise why_not_opened(path, error) from None
    if not stat.S_ISCHR(mode):
        kind = "folder" if stat.S_ISDIR(mode) else "file"
        raise LinkError(f"{path} is a {kind}, not a serial port.", _choices())


def why_not_opened(path: str, error: Exception) -> LinkError:
    """Return the error that names why opening `path` failed with `error`."""
    code = _error_number(error)
    text = str(error)
    if code in _MISSING or "FileNotFoundError" in text:
        return missing(path)
    if code in _BUSY or (sys.platform == "win32" and "PermissionError" in text):
        # Windows says "access denied" where another program holds the port.
        return PortBusy(
            f"{path} is in use by {_holder(path) or 'another program'}.",
            "Close it there (Arduino's serial monitor, another copy of this app) and try again.",
        )
    if code in _FORBIDDEN or "PermissionError" in text:
        return PortForbidden(f"This user may not open {path}.", _permission_remedy(path))
    if code == errno.ENOTTY:
        return LinkError(f"{path} is not a serial port.", _choices())
    return LinkError(f"{path} cannot be opened: {text}.", _choices())


def _error_number(error: BaseException | None) -> int | None:
    """Return the system's error number; pyserial hides some in the error it replaced."""
    while error is not None:
        if error.args and isinstance(error.args[0], int):
            return error.args[0]
        error = error.__context__
    return None


def missing(path: str) -> PortMissing:
    """Return the error for a port that is not there."""
    return PortMissing(f"There is no port {path!r}.", _choices())


def _choices() -> str:
    """Return the ports there are, as a remedy."""
    names = sorted(port.device for port in comports())
    if not names:
        return "No serial port is there: plug the board in with a cable that carries data."
    return f"Ports there are: {', '.join(names)}."


def _permission_remedy(path: str) -> str:
    if not sys.platform.startswith("linux"):
        return "Give this user access to the port, or run as one who has it."
    import grp  # noqa: PLC0415 - there is none on Windows

    gid, group, members = 0, "dialout", list[str]()
    with suppress(OSError, KeyError):
        gid = Path(path).stat().st_gid
        group, _, _, members = grp.getgrgid(gid)
    if gid == 0:
        return f"Only root may. {_udev_rule(path)}"
    if gid in os.getgroups():
        return f"The group {group} may not write to it either. {_udev_rule(path)}"
    if _user_name() in members:
        return f"This user was put into the group {group} lately: log out and in again."
    return f"Run 'sudo usermod -aG {group} $USER', then log out and in again."


def _user_name() -> str:
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


def _udev_rule(path: str) -> str:
    """Return how to give the port to whoever sits at the computer, by its USB ids where known."""
    vid = next((port.vid for port in comports() if port.device == path), None)
    which = f', ATTRS{{idVendor}}=="{vid:04x}"' if vid is not None else ""
    rule = f'SUBSYSTEM=="tty"{which}, MODE="0660", GROUP="dialout", TAG+="uaccess"'
    return (
        f"Put the line {rule} into /etc/udev/rules.d/70-emgfeedback.rules, run "
        "'sudo udevadm control --reload', and plug the board in anew."
    )


def _holder(path: str) -> str:
    """Return the name of the program that holds the port, where it can be found out (Linux)."""
    if not sys.platform.startswith("linux"):
        return ""
    target = os.path.realpath(path)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        # Processes come and go, and those of other users may not be looked at.
        with suppress(OSError):
            if str(link.readlink()) == target:
                process = link.parents[1]
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return ""
