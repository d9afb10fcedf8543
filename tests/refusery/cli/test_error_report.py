"""An error of a library is one line, and a file that quotes no row."""

from __future__ import annotations

import errno
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from flows.errors import contained
from refusery.cli import app
from refusery.interruption import interruption

_MARKER = "xylophone"


class PanicException(BaseException):
    """As polars makes it: no `Exception`."""


def _deep() -> None:
    _deep()


def _raising(error: BaseException) -> Callable[[], None]:
    def verb() -> None:
        raise error

    return verb


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Puts a function in the place of a verb."""

    def put(function: Callable[[], None]) -> None:
        made = typer.Typer()

        @made.command(
            "audit", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
        )
        def audit() -> None:
            function()

        @made.callback()
        def options() -> None:
            """Makes it a command of verbs."""

        monkeypatch.setattr(app, "command", lambda _: made)

    return put


_Put = Callable[[Callable[[], None]], None]


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "errors").iterdir())


def test_an_error_of_a_library_is_a_line_and_a_file_that_quote_nothing(
    verb: _Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        try:
            int(_MARKER)
        except ValueError as error:
            raise KeyError(_MARKER) from error

    verb(fails)
    secret = ["--set", f"models.a.headers={_MARKER}", f"https://me:{_MARKER}@here/x?k={_MARKER}"]
    assert app.run(["audit", "--cache", str(tmp_path), *secret]) == 1
    (path,) = _files(tmp_path)
    err, text = capsys.readouterr().err, path.read_text()
    assert err.startswith("refusery: the program or a library failed: KeyError in ")
    assert (err.count("\n"), str(path) in err) == (1, True)
    assert _MARKER not in err + text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for part in (
        "ValueError",
        "KeyError",
        "in fails",
        "polars 2.",
        "models.a.headers=...",
        "here/x",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PanicException(f"byte index 33 is out of bounds of `{_MARKER}`"), "PanicException"),
        (RecursionError(_MARKER), "RecursionError"),
        (MemoryError(_MARKER), "memory must suffice"),
        (OSError(errno.ENOSPC, "No space left on device"), "there must be room to write"),
        (OSError(errno.EFBIG, "File too large"), "there must be room to write"),
    ],
)
def test_what_is_no_exception_or_the_machines_own_end_is_a_line_too(
    verb: _Put,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    says: str,
) -> None:
    verb(_raising(error))
    assert app.run(["audit", f"--cache={tmp_path}"]) == 1
    err = capsys.readouterr().err
    assert says in err
    assert _MARKER not in err + _files(tmp_path)[0].read_text()


def test_an_error_that_a_task_contained_names_what_was_behind_it(
    verb: _Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        with contained():
            raise ValueError(_MARKER)

    verb(fails)
    assert app.run(["audit", "--cache", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "failed: ValueError in " in err
    assert _MARKER not in err + _files(tmp_path)[0].read_text()


def test_debug_raises_it_and_writes_the_file_too(verb: _Put, tmp_path: Path) -> None:
    verb(_raising(ValueError(_MARKER)))
    with pytest.raises(ValueError, match=_MARKER):
        app.run(["--debug", "audit", "--cache", str(tmp_path)])
    assert len(_files(tmp_path)) == 1


def test_a_folder_that_cannot_be_written_leaves_the_line(
    verb: _Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("")
    verb(_raising(ValueError(_MARKER)))
    assert app.run(["audit", "--cache", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert err.endswith("; --debug shows all of it\n")
    assert err.count("\n") == 1


def test_ctrl_c_without_a_signal_is_said_too(
    verb: _Put, capsys: pytest.CaptureFixture[str]
) -> None:
    verb(_raising(KeyboardInterrupt()))
    assert app.run(["audit"]) == 130
    assert "run the same command again to go on" in capsys.readouterr().err
    assert interruption.number is None


def test_whoever_listened_may_be_gone() -> None:
    said = f"{sys.executable} -m refusery --help | head -1"
    done = subprocess.run(["bash", "-c", said], capture_output=True, text=True)
    assert done.stderr == ""


def test_a_package_in_the_place_of_ours_is_one_line_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "taxonomy").mkdir()
    (tmp_path / "taxonomy" / "__init__.py").write_text("")
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "refusery", "plan", "x.yaml"],
        env={"PYTHONPATH": f"{tmp_path}:{root}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("refusery: package `taxonomy` must be Refusery's own")
