"""`refusery agree` on tables of labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from refusery.cli.app import run
from tests.refusery.cli.text_files import csv_file

_VOTES = ["aab", "abb", "aaa", "bbb", "a-b", "bba", "aaa", "-b-"]


def _wide(path: Path, votes: list[str], names: str = "xyz") -> Path:
    rows = [dict(zip(names, (each.replace("-", "") for each in row), strict=True)) for row in votes]
    return csv_file(path, rows)


def _long(path: Path, votes: list[str]) -> Path:
    rows = [
        {"what": f"i{n}", "who": "xyz"[place], "said": said}
        for n, row in enumerate(votes)
        for place, said in enumerate(row)
        if said != "-"
    ]
    return csv_file(path, rows)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run(["agree", *arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_wide_and_long_tables_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = _json(capsys, str(_wide(tmp_path / "w.csv", _VOTES)), "--columns", "x,y,z")
    long = _json(
        capsys, str(_long(tmp_path / "l.csv", _VOTES)),
        "--item", "what", "--rater", "who", "--label", "said",
    )  # fmt: skip
    assert wide == long
    assert (wide["items"], wide["rated"], wide["twice"]) == (8, 8, 7)


def test_pairs_are_those_of_scikit_learn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _json(capsys, str(_wide(tmp_path / "w.csv", _VOTES)), "--columns", "x,y,z")
    pair = found["pairs"][0]  # type: ignore[index]
    both = [(row[0], row[1]) for row in _VOTES if "-" not in row[:2]]
    expected = cohen_kappa_score([one for one, _ in both], [other for _, other in both])
    assert (pair["first"], pair["second"], pair["n"]) == ("x", "y", 6)
    assert pair["kappa"] == pytest.approx(expected, abs=1e-12)


def test_every_figure_is_printed_with_its_n(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agree", str(_wide(tmp_path / "w.csv", _VOTES)), "--columns", "x,y,z"]) == 0
    printed = capsys.readouterr().out
    for title in ("Fleiss", "Krippendorff", "AC1", "Pairs", "than the others", "Dawid and Skene"):
        assert title in printed


@pytest.mark.parametrize(
    ("votes", "says"),
    [
        (["aaa", "aaa"], "chance would agree too"),
        (["a--", "-b-"], "no item has labels of two raters"),
        (["---", "---"], "nobody gave a label"),
    ],
)
def test_degenerate_tables_have_their_defined_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], votes: list[str], says: str
) -> None:
    rows = [
        {"item": str(n), **{f"annotation_{k}": v.replace("-", "") for k, v in enumerate(row)}}
        for n, row in enumerate(votes)
    ]
    assert run(["agree", str(csv_file(tmp_path / "t.csv", rows))]) == 0
    printed = capsys.readouterr().out
    assert says in printed
    assert "not defined" in printed


def test_one_rater_has_nobody_to_agree_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _json(capsys, str(_wide(tmp_path / "w.csv", _VOTES)), "--columns", "x")
    assert found["fleiss"] is None
    assert found["notes"] == ["no figure is defined: there is one rater"]


def test_classes_can_be_compared_as_refusals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"annotation_1": "2_full_refusal", "annotation_2": "3_partial_refusal"},
        {"annotation_1": "1_full_compliance", "annotation_2": "answered"},
    ]
    table = str(csv_file(tmp_path / "t.csv", rows))
    assert _json(capsys, table)["observed"] == 0
    assert _json(capsys, table, "--refusals")["observed"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["w.csv"], "--columns must name"),
        (["w.csv", "--columns", "x,q"], "'q'"),
        (["w.csv", "--columns", "x,x"], "each rater once"),
        (["w.csv", "--columns", "x,y", "--refusals"], "a in item 1"),
        (["l.csv", "--item", "what"], "--item, --rater and --label"),
        (["l.csv", "--item", "said", "--rater", "who", "--label", "what"], "label each item once"),
        (["none.csv"], "readable"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    _wide(tmp_path / "w.csv", _VOTES)
    _long(tmp_path / "l.csv", _VOTES)
    assert run(["agree", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
