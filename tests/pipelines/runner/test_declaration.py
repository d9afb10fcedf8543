"""A stage that is not what it is declared to be, and a list that does not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.records import StageName
from artifacts.schemas import DROPPED, PARENTS, ROWS, VOTES
from pipelines.errors import StageDeclarationError, StageUnknownError
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.stage import Stage, every, latest
from tests.given import given, opened

_ROWS = {"kept": ROWS, "dropped": DROPPED}


def declared(**more: Any) -> Stage:  # noqa: ANN401 - any field of a stage
    known: dict[str, Any] = {
        "name": StageName("own"), "kind": "select", "tables": _ROWS, "version": 1,
        "covers": lambda round_: (), "work": lambda round_: lambda rows: {"kept": rows},
    }  # fmt: skip
    return Stage(**{**known, **more})


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"tables": {"kept": ROWS}}, "have a table `dropped`"),
        ({"tables": {"dropped": DROPPED}}, "have a table `kept`"),
        ({"tables": {**_ROWS, "failed": ROWS}}, "leave the table `failed`"),
        ({"kind": "expand"}, "have a table `parents`"),
        ({"tables": {**_ROWS, "parents": PARENTS}}, "have a table `parents` where it expands, and"),
        ({"votes": ("a",)}, "have a table `votes`"),
        ({"answers": ("a",)}, "have a table `answers`"),
        ({"beside": (latest("other"),)}, "see the whole table to look at other stages"),
        (
            {"tables": {**_ROWS, "votes": pl.Schema({"row": pl.String()})}},
            "columns row, root in its table `votes`",
        ),
    ],
)
def test_a_stage_whose_tables_do_not_match_is_refused_with_rule_and_name(
    more: dict[str, Any], rule: str
) -> None:
    with pytest.raises(StageDeclarationError, match=rule) as caught:
        declared(**more)
    assert "stage own" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_stage_that_fits_is_taken() -> None:
    assert declared(tables={**_ROWS, "votes": VOTES}, votes=("a",)).votes == ("a",)


def test_a_stage_may_look_at_one_that_comes_after_it_and_at_itself_but_at_no_unknown_one() -> None:
    own = declared(whole=True, beside=(every("own"), latest("later")))
    later = declared(name=StageName("later"), inputs=(latest("own"),))
    assert Pipeline((own, later)).stage(StageName("own")) is own
    with pytest.raises(StageUnknownError, match=r"one of the pipeline's \(got later\)"):
        Pipeline((own,))


def test_two_stages_of_one_name_are_refused() -> None:
    with pytest.raises(StageDeclarationError, match=r"names of their own.*own"):
        Pipeline((declared(), declared()))


def test_an_input_must_come_before_its_stage() -> None:
    with pytest.raises(StageDeclarationError, match=r"own must come after its inputs.*others"):
        Pipeline((declared(inputs=(latest("others"),)),))


def test_a_stage_that_is_not_in_the_list_is_named() -> None:
    with pytest.raises(StageUnknownError, match="other"):
        Pipeline((declared(),)).stage(StageName("other", 3))


def test_a_table_that_is_not_declared_is_refused_as_it_is_made(tmp_path: Path) -> None:
    source = given("source", _ROWS, [])
    odd = declared(
        inputs=(latest("source"),), whole=True,
        work=lambda round_: lambda rows: {"kept": rows, "extra": rows},
    )  # fmt: skip
    with (
        opened(tmp_path, [source, odd]) as run,
        pytest.raises(StageDeclarationError, match=r"own must make the tables it declares.*extra"),
    ):
        run.build()


def test_a_name_has_its_structure_and_is_shown_by_its_group() -> None:
    name = StageName("judged", data="safe", target="t1", setting="cold", judge="keyword")
    assert (str(name), name.group) == ("judged.safe.t1.cold.keyword", "judged by keyword")
    assert str(StageName("rewrite", 1)) == "rewrite-1"
    assert StageName("rewrite", 1).at(None) == StageName("rewrite")
