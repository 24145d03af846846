"""Intel HEX: what compilers write is read, and every damage is refused with its line."""

import itertools
import random

import pytest

from emgfeedback.core.errors import FileFormatError
from emgfeedback.flashing.intel_hex import read_hex

END = ":00000001FF"


def record(address, data, kind=0):
    body = bytes((len(data), *address.to_bytes(2, "big"), kind)) + bytes(data)
    return ":" + (body + bytes((-sum(body) % 256,))).hex().upper()


def text(*records):
    return "\n".join((*records, END, ""))


def read(content, limit=1000):
    return read_hex(content, limit_bytes=limit, name="x.hex")


def test_the_example_of_the_specification():
    line = ":10010000214601360121470136007EFE09D2190140"
    assert sum(bytes.fromhex(line[1:])) % 256 == 0
    assert read(text(record(0, b"\1"), line))[0x100:] == bytes.fromhex(line[9:-2])


def test_any_cut_into_records_and_any_order_gives_the_same():
    chance = random.Random(1)
    program = chance.randbytes(700)
    edges = sorted({0, 700, *(chance.randrange(700) for _ in range(30))})
    records = [record(a, program[a:b]) for a, b in itertools.pairwise(edges)]
    chance.shuffle(records)
    assert read(text(*records)) == program
    assert read(text(*records).replace("\n", "\r\n").lower()) == program


def test_a_hole_is_blank_flash():
    assert read(text(record(0, b"\1"), record(4, b"\2"))) == b"\1\xff\xff\xff\2"


@pytest.mark.parametrize(("kind", "base"), [(2, b"\x10\x00"), (4, b"\x00\x01")])
def test_both_kinds_of_long_addresses(kind, base):
    content = text(record(0, b"\1"), record(0, base, kind), record(2, b"\7"))
    program = read(content, limit=100_000)
    assert len(program) == 65_539
    assert program[-1] == 7


def test_start_addresses_are_no_data():
    assert read(text(record(0, b"\1"), record(0, bytes(4), 3), record(0, bytes(4), 5))) == b"\1"


def test_what_follows_the_end_is_no_program():
    assert read(text(record(0, b"\1")) + "what ever") == b"\1"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "cut off"),
        (record(0, b"\1"), "cut off"),
        (END, "nothing at address 0"),
        (text(record(4, b"\1")), "nothing at address 0"),
        (text("10010000"), "line 1 has no Intel HEX record"),
        (text(":zz"), "no hexadecimal"),
        (text(record(0, b"\1")[:-1] + "0"), "line 1 has a wrong checksum"),
        (text(record(0, b"\1\2\3")[:-2]), "wrong length"),
        (text(":00"), "wrong length"),
        (text(record(0, b"\1"), record(0, b"\2")), "line 2 has a second value for address 0"),
        (text(record(0, b"", 9)), "unknown type 9"),
        (text(record(0, b"\1", 4)), "unknown type 4"),
        (text(record(999, b"\1\2"), record(0, b"\1")), "reaches address 1001.* 1000 bytes"),
    ],
)
def test_damage_is_refused(content, what):
    with pytest.raises(FileFormatError, match=what) as told:
        read(content)
    assert str(told.value).startswith("x.hex")


def test_any_changed_digit_is_noticed():
    content = record(0, bytes(range(16)))
    for place in range(1, len(content)):
        changed = "0" if content[place] != "0" else "1"
        with pytest.raises(FileFormatError):
            read(text(content[:place] + changed + content[place + 1 :]))
