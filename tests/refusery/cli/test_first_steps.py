"""What the command says before anybody knows a verb."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from generators.mutations.styles import NAMES
from pipelines.recipe import OrBench, load
from refusery.cli.app import SECTIONS, run
from refusery.cli.style_list import completed

_ROOT = Path(__file__).parents[3]


def test_the_command_alone_says_what_to_do_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    for wanted in ("make demo", "refusery new", "refusery doctor", "refusery moderate", "--help"):
        assert any(wanted in line for line in lines)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"refusery {version('refusery')}\n"


def test_help_has_a_short_name_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (verb for verbs in SECTIONS.values() for verb in verbs):
        assert run([verb, "-h"]) == 0
        short = capsys.readouterr().out
        assert run([verb, "--help"]) == 0
        assert short == capsys.readouterr().out
        assert f"refusery {verb}" in short


def test_verbs_stand_in_five_sections_and_no_line_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.replace("[ARGS]...", "")
    assert max(map(len, shown.splitlines())) <= 80
    found = re.findall(r"^(\w+):$", shown, re.MULTILINE)
    assert found == ["Options", "Build", "Tables", "Judges", "Releases", "People"]
    assert re.findall(r"^  ([a-z][a-z-]*) ", shown, re.MULTILINE) == [
        verb for verbs in SECTIONS.values() for verb in verbs
    ]


@pytest.mark.parametrize("arguments", [["--styles"], ["--styles", "list"], ["--styles=help"]])
@pytest.mark.parametrize("verb", ["mutate", "decode"])
def test_styles_are_listed_with_an_example_each_and_without_a_table(
    verb: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, *arguments]) == 0
    shown = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line.strip()}
    assert set(NAMES) <= rows.keys()
    assert rows["caesar"][0] == "rules"
    assert "Whoo ph krz wr ednh euhdg." in shown
    assert rows["slang"][:2] == ["a", "model"]


def test_an_unknown_style_points_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mutate", "t.csv", "--styles", "caesr"]) == 2
    assert "mean `caesar`?); `--styles list` shows them (got caesr)" in capsys.readouterr().err


def test_a_shell_completes_the_last_of_several_styles() -> None:
    assert completed("li") == ["list"]
    assert completed("caesar,mo") == ["caesar,morse"]
    assert completed("caesar,cae") == []
    assert set(completed("")) == {*NAMES, "all", "list"}


@pytest.mark.parametrize(
    ("typed", "place", "wanted"),
    [
        ("refusery mod", "1", ["moderate"]),
        ("refusery dedup --thr", "2", ["--threshold"]),
        ("refusery mutate t.csv --styles trans", "4", [f"translate-{x}" for x in
                                                       ("ml", "ta", "mr", "zh-cn", "fr")]),
        ("refusery review ex", "2", ["export"]),
        ('refusery moderate "x', "2", []),
    ],
)  # fmt: skip
def test_a_shell_is_given_verbs_options_and_styles(
    typed: str,
    place: str,
    wanted: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (
        ("_REFUSERY_COMPLETE", "complete_bash"),
        ("COMP_WORDS", typed),
        ("COMP_CWORD", place),
    ):
        monkeypatch.setenv(name, value)
    assert run([]) == 0
    assert capsys.readouterr().out.split() == wanted


def test_the_script_for_a_shell_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--show-completion", "bash"]) == 0
    assert "_REFUSERY_COMPLETE=complete_bash" in capsys.readouterr().out


def test_the_demo_ends_with_three_lines_about_what_it_has_made() -> None:
    said = subprocess.run(
        ["make", "-n", "demo"], cwd=_ROOT, capture_output=True, text=True, check=True
    ).stdout
    echoed = [line for line in said.splitlines() if line.startswith("echo")]
    shown = subprocess.run(["sh", "-c", "\n".join(echoed)], capture_output=True, text=True).stdout
    recipe = load(_ROOT / "recipes" / "or_bench.embedded.yaml")
    assert isinstance(recipe, OrBench)
    release = f"out/releases/or-bench/{recipe.release.version}"
    report, rows, new = shown.rstrip().splitlines()[-3:]
    assert report.endswith(f'.venv/bin/python -m webbrowser "file://$PWD/{release}/report.html"')
    assert f"print(refusery.load('{release}')['prompt'])" in rows
    assert new.split() == [".venv/bin/refusery", "new", "mine"]
    assert (_ROOT / "docs" / "images" / "demo_report.png").read_bytes()[:4] == b"\x89PNG"
    assert "docs/images/demo_report.png" in (_ROOT / "README.md").read_text("utf-8")
