from pathlib import Path

import pytest

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.folder import DataFolder


def test_a_name_leads_back_to_its_path(tmp_path: Path):
    folder = DataFolder(tmp_path)
    path = folder.recordings / "2026-03-09_080706.bdf"
    assert folder.name_of(path) == "recordings/2026-03-09_080706.bdf"
    assert folder.path_of(folder.name_of(path)) == path


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../x.bdf", "recordings/../../x", "C:\\x.bdf", "a:b", "a\\..\\b"]
)
def test_a_forged_name_is_refused(tmp_path: Path, name: str):
    with pytest.raises(RegisterError, match="outside its folder"):
        DataFolder(tmp_path).path_of(name)


def test_a_file_elsewhere_has_no_name(tmp_path: Path):
    with pytest.raises(RegisterError, match="not in the data folder"):
        DataFolder(tmp_path / "data").name_of(tmp_path / "x.bdf")
