"""Folders that are made aside: each maker has its own, and what the dead left is removed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artifacts.staging import staging, take_place
from base.errors import FileUnwritableError

_HOLDS = (
    "import sys; from pathlib import Path; from artifacts.staging import staging\n"
    "with staging(Path(sys.argv[1])) as made:\n"
    "    (made / 'half').write_text('')\n"
    "    print(made, flush=True); sys.stdin.readline()\n"
)


def test_a_folder_takes_its_place_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    place = tmp_path / "new" / "1.0"
    with staging(place) as made:
        (made / "file").write_text("text")
        assert not place.exists()
        assert take_place(made, place)
    assert [path.name for path in place.parent.iterdir()] == ["1.0"]
    assert (place / "file").read_text() == "text"


def test_a_place_that_is_taken_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "1.0").mkdir()
    (tmp_path / "1.0" / "mine").write_text("")
    with staging(tmp_path / "1.0") as made:
        assert not take_place(made, tmp_path / "1.0")
    assert [path.name for path in tmp_path.rglob("*")] == ["1.0", "mine"]


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "1.0").write_text("")
    with staging(tmp_path / "1.0") as made:
        with pytest.raises(FileUnwritableError, match=r"Not a directory \(got .*1\.0\)"):
            take_place(made, tmp_path / "1.0")


def test_the_folder_of_a_maker_that_lives_stays_and_that_of_a_dead_one_goes(
    tmp_path: Path,
) -> None:
    place = tmp_path / "1.0"
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(place)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    theirs = Path(process.stdout.readline().strip())
    with staging(place):
        assert (theirs / "half").exists()
    process.kill()
    process.communicate()
    assert theirs.exists()
    with staging(place):
        assert not theirs.exists()


def test_what_an_earlier_version_left_goes_and_what_is_no_staging_folder_stays(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("")
    (tmp_path / ".1.0.part").mkdir()
    (tmp_path / ".1.0.link.part").symlink_to(kept)
    (tmp_path / ".1.0.file.part").write_text("")
    (tmp_path / ".1.01.other.part").mkdir()
    with staging(tmp_path / "1.0"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".1.0.file.part",
        ".1.0.link.part",
        ".1.01.other.part",
        "kept",
    ]
    assert (kept / "file").exists()
