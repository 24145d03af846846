from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from emgfeedback.core.errors import RecordingError
from emgfeedback.records import sidecar as sidecar_module
from emgfeedback.records.repair import repair
from emgfeedback.records.sidecar import Sidecar, sidecar_path, unfinished
from emgfeedback.records.writer import RecordingWriter

ROOT = Path(__file__).resolve().parents[2]
HOLD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from emgfeedback.records.sidecar import Sidecar
held = Sidecar.create(Path(sys.argv[1]), b"header", ["fact"])
print("held", flush=True)
sys.stdin.read()
"""


def test_lock_of_another_process_goes_with_it(tmp_path):
    path = tmp_path / "a.bdf"
    path.write_bytes(b"x")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        assert unfinished(tmp_path) == []
        with pytest.raises(BlockingIOError):
            Sidecar.take(path)
        with pytest.raises(BlockingIOError):
            Sidecar.create(path, b"", [])
        child.kill()
        child.wait()
    assert unfinished(tmp_path) == [path]
    taken = Sidecar.take(path)
    assert taken is not None
    assert taken.content() == (b"header", ["fact"])
    taken.remove()
    assert unfinished(tmp_path) == []
    assert Sidecar.take(path) is None


def test_a_stale_sidecar_does_not_stop_a_new_recording(tmp_path, make_facts, counts, block):
    path = tmp_path / "a.bdf"
    sidecar_path(path).write_text(json.dumps({"header": "x" * 100_000, "facts": []}))
    writer = RecordingWriter.create(path, make_facts())
    content = json.loads(sidecar_path(path).read_text(encoding="utf-8"))
    assert len(content["facts"]) == 7
    writer.append(block(counts, 0))
    writer.finish()
    assert [p.name for p in tmp_path.iterdir()] == ["a.bdf"]


def test_drives_without_locks_record_and_are_repaired_only_by_name(
    tmp_path, make_facts, counts, block, monkeypatch
):
    def no_locks(*args: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    if sys.platform == "win32":
        monkeypatch.setattr("msvcrt.locking", no_locks)
    else:
        monkeypatch.setattr("fcntl.flock", no_locks)
    path = tmp_path / "a.bdf"
    writer = RecordingWriter.create(path, make_facts())
    writer.append(block(counts, 0))
    held = sidecar_path(path).read_bytes()
    writer.finish()
    data = path.read_bytes()
    path.write_bytes(data[:-9])
    sidecar_path(path).write_bytes(held)
    assert unfinished(tmp_path) == []
    assert repair(path).changed
    assert not sidecar_path(path).exists()


def test_a_sidecar_that_may_not_be_opened_is_told(tmp_path, monkeypatch, make_facts):
    path = tmp_path / "a.bdf"
    path.write_bytes(b"x")

    def forbidden(*args: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    sidecar_path(path).write_text("{}")
    monkeypatch.setattr(sidecar_module.os, "open", forbidden)
    assert unfinished(tmp_path) == []
    with pytest.raises(RecordingError, match="cannot be repaired: permission denied"):
        repair(path)
    with pytest.raises(RecordingError, match="no permission to write"):
        RecordingWriter.create(tmp_path / "b.bdf", make_facts())
