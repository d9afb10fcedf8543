"""Review tables of a release that were damaged on the way, each refused in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from people.errors import ReviewUnusableError
from people.release_review import Asking, ReleaseDraw, draft, release_draw
from people.sheet import Mark, parsed_mark
from people.spreadsheet import same_text
from pipelines.audits.patch import decide
from tests.people.releases import Cells, contents, filled, read, save


def _edit(place: int, **cells: str) -> Callable[[Cells], Cells]:
    return lambda rows: [{**row, **cells} if n == place else row for n, row in enumerate(rows)]


def _without(column: str) -> Callable[[Cells], Cells]:
    return lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows]


def _slipped(rows: Cells) -> Cells:
    """The ids have slipped by a line."""
    ids = [row["id"] for row in rows]
    return [{**row, "id": id} for row, id in zip(rows, [*ids[1:], ids[0]], strict=True)]


def _marked(old: str, new: str) -> Callable[[Cells], Cells]:
    return lambda rows: [{**row, "table": row["table"].replace(old, new)} for row in rows]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (_edit(1, id="1.2E+15"), r"must be those of its release.*got 1.2E\+15 in t.csv, line 3"),
        (_edit(1, id=""), r"must be those of its release.*got none in t.csv, line 3"),
        (_edit(1, id="p-0123456789abcdef"), r"those of its release.*got p-0123456789abcdef"),
        (_slipped, "a prompt must stay in the row of its id"),
        (_edit(0, prompt="Something else."), "a prompt must stay in the row of its id"),
        (lambda rows: [*rows, rows[0]], "must have each id once"),
        (_edit(0, decision="toxc"), r"safe, toxic or unsure \(did you mean `toxic`\?\).*line 2"),
        (_edit(0, decision="accept"), r"decision must be safe, toxic or unsure \(got accept"),
        (_edit(0, reject="x"), r"reject must be no or yes \(got x in t.csv, line 2"),
        (_without("decision"), r"must keep its columns; missing: decision"),
        (_without("reject"), r"must keep its columns; missing: reject"),
        (_without("id"), r"must keep its columns; missing: id"),
        (_without("table"), r"must keep its columns; missing: table"),
        (_edit(2, table=""), r"column `table`.*as it was exported \(got nothing in t.csv, line 4"),
        (_edit(2, table="or-bench"), r"column `table`.*as it was exported \(got or-bench in"),
        (_marked("2026.11.0", "2026.10.0"), r"of the release that it is imported for.*2026.10.0"),
        (_marked(" / draw", "0 / draw"), "column `table` of a review table"),
        (_marked("or-bench", "sorry-bench"), "of the release that it is imported for"),
        (lambda rows: [*rows[:3], *_marked("person 1", "person 2")(rows[3:])], "one person's"),
        (lambda rows: rows, r"at least one decision \(got t.csv\)"),
    ],
)
def test_a_table_that_was_damaged_is_refused_in_one_line(
    or_bench: Path, tmp_path: Path, edit: Callable[[Cells], Cells], rule: str
) -> None:
    draft(or_bench, tmp_path / "t.csv", Asking(sample=9, people=1))
    save(tmp_path / "t.csv", edit(read(tmp_path / "t.csv")))
    before = contents(or_bench.parent)
    with pytest.raises(ReviewUnusableError, match=rule) as caught:
        decide([tmp_path / "t.csv"], or_bench)
    assert "\n" not in str(caught.value)
    assert "easy to take" not in str(caught.value)
    assert caught.value.exit_code == 2
    assert contents(or_bench.parent) == before


def _said(row: Mapping[str, str]) -> dict[str, str]:
    return {"decision": "safe", "reject": "no"}


def test_each_person_has_one_table(or_bench: Path, tmp_path: Path) -> None:
    draft(or_bench, tmp_path / "t.csv", Asking(sample=9, people=2))
    one = filled(tmp_path / "t-1.csv", _said)
    copy = save(tmp_path / "copy.csv", read(one))
    rule = r"one table; person 1 has two \(got t-1.csv, copy.csv\)"
    with pytest.raises(ReviewUnusableError, match=rule):
        decide([one, filled(tmp_path / "t-2.csv", _said), copy], or_bench)


def test_tables_of_two_exports_are_not_thrown_together(or_bench: Path, tmp_path: Path) -> None:
    draft(or_bench, tmp_path / "a.csv", Asking(sample=9, people=2))
    draft(or_bench, tmp_path / "b.csv", Asking(sample=9, people=2, seed=8))
    with pytest.raises(ReviewUnusableError, match=r"of one export \(got a-1.csv, b-2.csv\)"):
        decide([filled(tmp_path / "a-1.csv", _said), filled(tmp_path / "b-2.csv", _said)], or_bench)


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-8", "\t"), ("cp1252", ";")]
)
def test_every_way_of_saving_is_read(
    sorry_bench: Path, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    draft(sorry_bench, tmp_path / "t.csv", Asking())
    rows = [{**row, "decision": " Accept"} for row in read(tmp_path / "t.csv")]
    found = decide([save(tmp_path / "t.csv", rows, encoding, delimiter)], sorry_bench)
    assert (found.facts.decided, found.facts.rejected) == (60, 0)


def test_a_mark_comes_back_from_its_cell() -> None:
    draw = ReleaseDraw("or-bench", "2026.11.0-limit-4", "0" * 12, 7, 300, (1, 3))
    mark = Mark(draw, person=2, people=3, rows=140)
    assert str(mark) == (
        "or-bench 2026.11.0-limit-4 / 000000000000 / draw 7 of 300, configs 1 3"
        " / person 2 of 3, 140 rows"
    )
    assert parsed_mark(f" {mark} ", release_draw) == mark
    assert parsed_mark(f"{mark} or so", release_draw) is None
    assert parsed_mark("answers 0123456789ab / person 2 of 3, 140 rows", release_draw) is None


@pytest.mark.parametrize(
    ("shown", "found", "same"),
    [
        ("Write “a” poem…", 'Write "a" poem...', True),
        ("Écris un poème", "Ecris un poeme", False),
        ("写一首诗", "写一封信", False),
        ("写一首诗", "写一首诗。", True),
        ("????", "写一首诗", True),
        ("Write 诗", "Write", False),
        ("cafe\u0301 in 诗", "caf\u00e9 in 诗", True),
    ],
)
def test_texts_are_the_same_by_their_letters(shown: str, found: str, same: bool) -> None:
    assert same_text(shown, found) is same
