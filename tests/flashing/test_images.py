"""The programs that come with the app are found, fit, and a damaged one is refused."""

import shutil

import pytest

from emgfeedback.core.errors import FileFormatError, UsageError
from emgfeedback.devices.ports import likely_board
from emgfeedback.flashing.boards import BOARDS, find_board, guess_board
from emgfeedback.flashing.images import FOLDER, Image, bundled_image, image_of, is_older


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_board_has_its_program(board):
    image = bundled_image(board)
    assert 4000 < len(image.program) <= board.program_bytes
    assert image.version.count(".") == 2


def test_a_damaged_or_missing_program_is_refused(tmp_path):
    folder = tmp_path / "images"
    shutil.copytree(FOLDER, folder)
    uno = folder / "uno.hex"
    uno.write_bytes(uno.read_bytes().replace(b"0C94", b"0C95", 1))
    with pytest.raises(FileFormatError, match=r"Arduino Uno .* is damaged.*Install"):
        bundled_image(find_board("uno"), folder)
    uno.unlink()
    with pytest.raises(FileFormatError, match="cannot be read"):
        bundled_image(find_board("uno"), folder)
    (folder / "manifest.toml").write_text("images = [", encoding="utf-8")
    with pytest.raises(FileFormatError, match="cannot be read"):
        bundled_image(find_board("mega"), folder)


def test_a_file_of_ones_own(tmp_path):
    board = find_board("uno")
    image = image_of(FOLDER / "uno.hex", board)
    assert image.program == bundled_image(board).program
    assert image.version == ""
    with pytest.raises(FileFormatError, match="cannot be read"):
        image_of(tmp_path / "none.hex", board)
    binary = tmp_path / "program.bin"
    binary.write_bytes(bytes(range(256)))
    with pytest.raises(FileFormatError, match="Intel HEX"):
        image_of(binary, board)
    binary.write_bytes(bytes(1_000_000))
    with pytest.raises(FileFormatError, match="1000000 bytes"):
        image_of(binary, board)


def test_an_unknown_board_is_told_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'nano'"):
        find_board("nanno")
    assert find_board("MEGA").chip == "ATmega2560"


@pytest.mark.parametrize(
    ("ids", "key"),
    [((0x2341, 0x0043), "uno"), ((0x2341, 0x0042), "mega"), ((0x1A86, 0x7523), "nano"),
     ((0x2341, 0x8036), None), ((0x10C4, 0xEA60), None)],
)  # fmt: skip
def test_the_adapter_tells_the_board_where_it_can(ids, key):
    assert guess_board(likely_board(*ids)) is BOARDS.get(key)


def test_an_older_firmware_is_told_from_a_newer():
    image = Image(b"", "uno.hex", "1.2.10")
    assert [is_older(version, image) for version in ("1.2.9", "1.2.10", "1.10.0", "", "1.x")] == [
        True, False, False, False, False,
    ]  # fmt: skip
