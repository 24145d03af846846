from __future__ import annotations

import json
import stat
import sys

import pytest

from emgfeedback.access.key_file import HIGHEST, LOWEST, Cost, _checksum, read_key_file
from emgfeedback.access.keys import Door, KeyRing
from emgfeedback.access.recovery import words_of
from emgfeedback.core.errors import AccessError, WrongPassphrase

PASSPHRASE = "vier Worte für Anna"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def made(path):
    return KeyRing.create(path, PASSPHRASE, cost=LOWEST)


def test_passphrase_and_recovery_key_open_the_same_keys(path, made):
    ring, words = made
    for secret in (PASSPHRASE, words, words.upper()):
        again = KeyRing.unlock(path, secret)
        assert again.files_key == ring.files_key
        assert again.database_key == ring.database_key
    assert ring.files_key != ring.database_key
    assert len(ring.files_key) == len(ring.database_key) == 32


def test_no_two_key_files_share_anything(tmp_path):
    rings = [KeyRing.create(tmp_path / n, PASSPHRASE, cost=LOWEST) for n in ("a", "b")]
    assert rings[0][0].files_key != rings[1][0].files_key
    assert rings[0][1] != rings[1][1]
    a, b = ((tmp_path / n).read_text() for n in ("a", "b"))
    for part in ("passphrase", "recovery"):
        for field in ("salt", "nonce", "wrapped"):
            assert json.loads(a)[part][field] != json.loads(b)[part][field]


def test_nothing_secret_is_in_the_file(path, made):
    ring, words = made
    data = path.read_bytes()
    for secret in (PASSPHRASE, *words.split()):
        assert secret.encode() not in data
    assert bytes(ring._data_key).hex().encode() not in data.lower()


def test_recommended_cost_is_that_of_rfc_9106(path):
    KeyRing.create(path, PASSPHRASE)
    assert read_key_file(path).cost == Cost(memory_kib=65536, passes=3, lanes=4)
    assert KeyRing.unlock(path, PASSPHRASE).files_key


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_file_is_for_its_owner_alone(path, made):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made[0].change_passphrase(PASSPHRASE, "another passphrase", cost=LOWEST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("secret", ["", "wrong", PASSPHRASE + " ", PASSPHRASE.upper(), "x" * 9999])
def test_wrong_passphrase_is_one_clear_error(path, made, secret):
    with pytest.raises(WrongPassphrase, match="neither the passphrase nor the recovery") as told:
        KeyRing.unlock(path, secret)
    assert "\n" not in str(told.value)


def test_recovery_key_of_another_register_and_a_slip_in_it(path, made):
    words = made[1].split()
    with pytest.raises(WrongPassphrase, match="neither"):
        KeyRing.unlock(path, words_of(bytes(16)))
    with pytest.raises(WrongPassphrase, match="A word of the recovery key is wrong"):
        KeyRing.unlock(path, " ".join([words[1], words[0], *words[2:]]))


def test_passphrase_that_looks_like_a_misspelt_recovery_key_still_opens(path):
    passphrase = "babab babad babaf babag babah babaj babak babal babam"
    KeyRing.create(path, passphrase, cost=LOWEST)
    assert KeyRing.unlock(path, passphrase).files_key


def test_accents_are_one_letter_however_the_keyboard_writes_them(path):
    ring, _ = KeyRing.create(path, "f\u00fcr immer und ewig", cost=LOWEST)
    assert KeyRing.unlock(path, "fu\u0308r immer und ewig").files_key == ring.files_key


@pytest.mark.parametrize("passphrase", ["", "seven77", "x" * 1025])
def test_unfit_passphrases_are_refused_with_the_limit(path, passphrase):
    with pytest.raises(AccessError, match=rf"{len(passphrase)} characters \(limit 8 to 1024\)"):
        KeyRing.create(path, passphrase, cost=LOWEST)
    assert not path.exists()


def test_keys_are_never_overwritten(path, made):
    before = path.read_bytes()
    with pytest.raises(AccessError, match="exists already"):
        KeyRing.create(path, "some other passphrase", cost=LOWEST)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]


def test_change_of_passphrase_keeps_keys_and_recovery_key(path, made):
    ring, words = made
    ring.change_passphrase(PASSPHRASE, "a new passphrase", cost=LOWEST)
    with pytest.raises(WrongPassphrase):
        KeyRing.unlock(path, PASSPHRASE)
    for secret in ("a new passphrase", words):
        assert KeyRing.unlock(path, secret).files_key == ring.files_key
    # Who forgot it, opens with the recovery key and sets a new one.
    ring.change_passphrase(words, "the one after that", cost=LOWEST)
    assert KeyRing.unlock(path, "the one after that").database_key == ring.database_key


@pytest.mark.parametrize("attempt", [("wrong one", "long enough"), (PASSPHRASE, "short")])
def test_failed_change_changes_nothing(path, made, attempt):
    before = path.read_bytes()
    with pytest.raises(AccessError):
        made[0].change_passphrase(*attempt, cost=LOWEST)
    assert path.read_bytes() == before


def test_new_recovery_key_ends_the_old_one(path, made):
    ring, old = made
    new = ring.change_recovery_key(old)
    assert KeyRing.unlock(path, new).files_key == ring.files_key
    assert KeyRing.unlock(path, PASSPHRASE).files_key == ring.files_key
    with pytest.raises(WrongPassphrase):
        KeyRing.unlock(path, old)


def test_locked_ring_has_no_keys(made):
    ring, _ = made
    kept = ring._data_key
    ring.lock()
    ring.lock()
    assert ring.is_locked
    assert not any(kept)
    for name in ("files_key", "database_key"):
        with pytest.raises(AccessError, match="locked"):
            getattr(ring, name)


# --- hostile and damaged files -----------------------------------------------------------------


def rewrite(path, change):
    """Change the content as somebody who can make the checksum fit."""
    content = json.loads(path.read_text())
    del content["sha256"]
    change(content)
    content["sha256"] = _checksum(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 1 << 40),
        ("memory_kib", HIGHEST.memory_kib + 1),
        ("memory_kib", 8),
        ("passes", 1 << 31),
        ("passes", 0),
        ("lanes", 1 << 24),
        ("lanes", -1),
    ],
)
def test_cost_out_of_bounds_is_refused_before_it_is_spent(path, made, name, value):
    rewrite(path, lambda content: content["argon2id"].update({name: value}))
    with pytest.raises(AccessError, match=rf"asks for {name} = {value} \(limit"):
        KeyRing.unlock(path, PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["argon2id"].update(memory_kib=8192.0),
        lambda c: c["argon2id"].update(memory_kib=True),
        lambda c: c["argon2id"].update(memory_kib="8192"),
        lambda c: c.update(argon2id=[]),
        lambda c: c["passphrase"].update(salt="AAAA"),
        lambda c: c["passphrase"].update(wrapped="!" * 64),
        lambda c: c["recovery"].update(nonce=None),
        lambda c: c.update(version="1"),
        lambda c: c.pop("recovery"),
    ],
)
def test_content_of_other_kinds_is_damage(path, made, change):
    rewrite(path, change)
    with pytest.raises(AccessError, match="is damaged"):
        KeyRing.unlock(path, PASSPHRASE)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, b" " * 70_000, b'{"a":1']
)
def test_other_files_are_damage(path, data):
    path.write_bytes(data)
    with pytest.raises(AccessError, match="is damaged") as told:
        KeyRing.unlock(path, PASSPHRASE)
    assert "\n" not in str(told.value)


def test_every_flipped_bit_is_told_and_opens_nothing_else(path, made):
    ring, _ = made
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            # White space between the fields may differ.
            assert KeyRing.unlock(path, PASSPHRASE).files_key == ring.files_key
            assert json.loads(changed) == json.loads(data)
        except AccessError as error:
            assert not isinstance(error, WrongPassphrase), place  # noqa: PT017 - or it opens, and then alike


def test_swapped_lock_of_another_register_opens_nothing(tmp_path, made, path):
    KeyRing.create(tmp_path / "other", "the passphrase of another", cost=LOWEST)
    other = json.loads((tmp_path / "other").read_text())
    rewrite(path, lambda content: content.update(passphrase=other["passphrase"]))
    with pytest.raises(WrongPassphrase):
        KeyRing.unlock(path, PASSPHRASE)


def test_later_version_and_missing_file_are_told(path, made):
    rewrite(path, lambda content: content.update(version=2))
    with pytest.raises(AccessError, match="version 2"):
        KeyRing.unlock(path, PASSPHRASE)
    path.unlink()
    with pytest.raises(AccessError, match=r"no keys at .* Restore keys\.json from a backup"):
        KeyRing.unlock(path, PASSPHRASE)


# --- the door ----------------------------------------------------------------------------------


def test_each_wrong_try_makes_the_next_wait_longer(path, made):
    door = Door(path)
    t_s = 1000.0
    assert door.next_try_in_s(t_s) == 0
    waits = []
    for _ in range(9):
        with pytest.raises(WrongPassphrase, match="neither") as told:
            door.unlock("wrong", t_s)
        waits.append(told.value.next_try_in_s)
        assert door.next_try_in_s(t_s) == waits[-1]
        t_s += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_too_early_is_not_tried_even_with_the_right_one(path, made):
    door = Door(path)
    with pytest.raises(WrongPassphrase):
        door.unlock("wrong", 0.0)
    with pytest.raises(WrongPassphrase, match="Wait") as told:
        door.unlock(PASSPHRASE, 0.5)
    assert told.value.next_try_in_s == 0.5
    ring = door.unlock(PASSPHRASE, 1.0)
    assert ring.files_key == made[0].files_key
    assert door.next_try_in_s(1.0) == 0
    with pytest.raises(WrongPassphrase) as told:
        door.unlock("wrong", 2.0)
    assert told.value.next_try_in_s == 1, "a right one forgets the wrong ones before"


def test_clock_set_back_locks_nobody_out(path, made):
    door = Door(path)
    with pytest.raises(WrongPassphrase):
        door.unlock("wrong", 1e9)
    assert door.next_try_in_s(5.0) == 1
    assert door.unlock(PASSPHRASE, 6.0).files_key


def test_damaged_file_costs_no_waiting(path, made):
    path.write_bytes(b"{}")
    door = Door(path)
    with pytest.raises(AccessError, match="damaged"):
        door.unlock(PASSPHRASE, 0.0)
    assert door.next_try_in_s(0.0) == 0
