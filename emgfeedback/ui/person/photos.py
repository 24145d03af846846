"""Pictures of electrode sites in the data folder, encrypted where the records are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from emgfeedback.core.errors import FileFormatError, RecordingError
from emgfeedback.core.files import Files, to_disk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Placement, new_id

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

LONGEST_PX = 1600
LARGEST_BYTES = 32 << 20


def keep_photo(folder: DataFolder, image: QImage, files: Files) -> str:
    """Write a picture into the folder of photos as JPEG, without what the camera told of it.

    Returns
    -------
    str
        Its name there.

    Raises
    ------
    RecordingError
        It cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    for key in plain.textKeys():
        plain.setText(key, "")
    QImageWriter(buffer, b"jpeg").write(plain)
    path = folder.photos / f"{new_id()}.jpg{files.suffix}"
    try:
        folder.photos.mkdir(mode=0o700, parents=True, exist_ok=True)
        with files.open(path, "x+") as file:
            file.write(bytes(buffer.data().data()))
            to_disk(file)
    except OSError as error:
        raise RecordingError(
            f"The picture cannot be kept in {folder.photos}: {error.strerror}.",
            "Free some space, then save again.",
        ) from error
    return path.name


def put_with_photo(
    register: Register, folder: DataFolder, value: Placement, image: QImage, files: Files
) -> Placement:
    """Keep a picture and the placement that names it; of a refused one no picture stays."""
    name = keep_photo(folder, image, files)
    try:
        return register.put(replace(value, photo=name))
    except BaseException:
        folder.path_of(f"photos/{name}").unlink(missing_ok=True)
        raise


def photo_bytes(folder: DataFolder, name: str, files: Files) -> bytes:
    """Return the content of a picture.

    Raises
    ------
    FileFormatError
        It is not there, is too large, or cannot be decrypted.
    """
    path = folder.path_of(f"photos/{name}")
    try:
        with files.open(path, "r") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise FileFormatError(
            f"The picture {name} cannot be read: {error.strerror}.", "A backup may hold it."
        ) from error
    if content is None or len(content) > LARGEST_BYTES:
        raise FileFormatError(
            f"The picture {name} has more than {LARGEST_BYTES >> 20} MB.", "Replace it."
        )
    return content
