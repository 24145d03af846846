"""Programs in Intel HEX files, as compilers for small chips write them.

Record types of Intel's "Hexadecimal Object File Format Specification", revision A of 1988:
00 data, 01 end, 02 and 04 upper part of the address, 03 and 05 start address (not used here).
"""

from __future__ import annotations

from collections.abc import Iterator

from emgfeedback.core.errors import FileFormatError

BLANK = 0xFF
"""What erased flash reads as."""
_DATA, _END, _SEGMENT, _SEGMENT_START, _LINEAR, _LINEAR_START = range(6)
_LENGTH_OF = {_END: 0, _SEGMENT: 2, _SEGMENT_START: 4, _LINEAR: 2, _LINEAR_START: 4}
_AROUND_DATA_BYTES = 5
"""Length, address, type and checksum."""


def read_hex(text: str, *, limit_bytes: int, name: str = "The file") -> bytes:
    """Return the program in `text` from address 0 on; holes are blank flash.

    Parameters
    ----------
    text
        An Intel HEX file.
    limit_bytes
        Flash there is for a program.
    name
        What the file is called in an error.

    Raises
    ------
    FileFormatError
        Damaged, cut off, two records on one address, nothing at address 0, or over the limit.
    """
    held: dict[int, int] = {}
    for line_number, address, data in _records(text, name):
        if address + len(data) > limit_bytes:
            raise FileFormatError(
                f"{name} reaches address {address + len(data)}, and the board has "
                f"{limit_bytes} bytes for a program.",
                "Choose the board this program was built for.",
            )
        for offset, byte in enumerate(data, start=address):
            if held.setdefault(offset, byte) != byte:
                raise _damaged(name, line_number, f"a second value for address {offset}")
    if 0 not in held:
        raise FileFormatError(
            f"{name} holds nothing at address 0, where a program begins.",
            "Take the .hex file without a boot loader.",
        )
    return bytes(held.get(address, BLANK) for address in range(max(held) + 1))


def _records(text: str, name: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield line number, address and data of each data record."""
    base = 0
    for line_number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        kind, offset, data = _parse(line.strip(), line_number, name)
        if kind == _END:
            return
        if kind == _SEGMENT:
            base = int.from_bytes(data, "big") << 4
        elif kind == _LINEAR:
            base = int.from_bytes(data, "big") << 16
        elif kind == _DATA:
            yield line_number, base + offset, data
    raise FileFormatError(f"{name} is cut off: its last line is missing.", "Fetch it anew.")


def _parse(line: str, line_number: int, name: str) -> tuple[int, int, bytes]:
    """Return type, 16-bit address and data of one record."""
    if not line.startswith(":"):
        raise _damaged(name, line_number, "no Intel HEX record")
    try:
        record = bytes.fromhex(line[1:])
    except ValueError:
        raise _damaged(name, line_number, "no hexadecimal digits") from None
    if len(record) < _AROUND_DATA_BYTES or len(record) != record[0] + _AROUND_DATA_BYTES:
        raise _damaged(name, line_number, "a wrong length")
    if sum(record) % 256:
        raise _damaged(name, line_number, "a wrong checksum")
    kind, data = record[3], record[4:-1]
    if kind != _DATA and _LENGTH_OF.get(kind) != len(data):
        raise _damaged(name, line_number, f"a record of unknown type {kind}")
    return kind, int.from_bytes(record[1:3], "big"), data


def _damaged(name: str, line_number: int, what: str) -> FileFormatError:
    return FileFormatError(f"{name} is damaged: line {line_number} has {what}.", "Fetch it anew.")
