"""What is read first after a build, and the tables of what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from artifacts.build_facts import (
    MODERATED,
    SORTED,
    AnswerCounts,
    BuildFacts,
    CarriedLabels,
    VoterCounts,
)
from artifacts.build_tables import build_tables, first_lines
from artifacts.manifest import CardRecord, ConfigRecord, Manifest
from artifacts.stage_tables import Edge
from tests.artifacts.diff.two_releases import facts as release_facts

_FIELDS = release_facts("2026.11.0").__dataclass_fields__


def _manifest(rows: int, *edges: Edge) -> Manifest:
    stated = release_facts("2026.11.0", funnel=edges)
    config = ConfigRecord("or-bench-main", rows, "subsets", {}, True, {"prompt": "string"}, {}, ())
    return Manifest(
        **{name: getattr(stated, name) for name in _FIELDS},
        canary="c",
        configs=(config,),
        card=CardRecord("README.md", "0", 1),
    )


def _edge(stage: str, entered: int, kept: int, **more: Any) -> Edge:  # noqa: ANN401
    return Edge(stage, "annotate", (), entered, kept, entered - kept, 0, **more)


def _votes(name: str, safe: int, toxic: int, abstained: int = 0, skipped: int = 0) -> VoterCounts:
    votes = {"safe": safe, "toxic": toxic, "abstained": abstained, "skipped": skipped}
    return VoterCounts(name, votes)


def _facts(safe: int, *voters: VoterCounts, voted: int = 27, **more: Any) -> BuildFacts:  # noqa: ANN401
    labels: Mapping[str, int] = {"safe": safe, "toxic": voted - safe, "undecided": 0}
    return BuildFacts(
        about=MODERATED,
        voted=voted,
        labels={"by the votes": labels},
        passed=safe,
        fit=more.pop("fit", safe),
        released=more.pop("released", safe),
        voters=voters,
        **more,
    )


def test_an_empty_main_config_is_warned_of_with_who_called_how_many_toxic() -> None:
    facts = _facts(0, _votes("voter", 0, 25, 2))
    assert [*first_lines(_manifest(0, _edge("seeds", 27, 27)), facts)] == [
        "Warning: or-bench-main has no rows; 0 of 27 rows are safe: moderator voter called 25 of 27"
        " toxic, abstained on 2."
    ]


def test_of_several_moderators_those_are_named_first_that_passed_fewest() -> None:
    voters = (_votes("mild", 20, 7), _votes("cut", 0, 0, 27), _votes("harsh", 1, 20, 6))
    (line,) = first_lines(_manifest(0), _facts(0, *voters))
    assert line.endswith(
        "rows are safe: moderator cut abstained on 27 of 27; moderator harsh called 20 of 27 toxic,"
        " abstained on 6; moderator mild called 7 of 27 toxic."
    )


@pytest.mark.parametrize(
    ("rows", "voted", "warned"),
    [(9, 10, True), (10, 10, False), (10, 200, False), (10, 201, True), (0, 0, True)],
)
def test_a_config_is_tiny_below_ten_rows_or_a_twentieth_of_what_came_to_the_vote(
    rows: int, voted: int, warned: bool
) -> None:
    lines = [*first_lines(_manifest(rows), _facts(rows, _votes("v", rows, 0), voted=voted))]
    assert bool(lines) is warned


def test_a_small_share_is_said_in_per_cent() -> None:
    voter = _votes("v", 40, 960)
    (line,) = first_lines(_manifest(40), _facts(40, voter, voted=1000))
    assert line == (
        "Warning: or-bench-main has 40 rows, and has 40 of this version's 1,000 prompts that came"
        " to the vote (4.0%); 40 of 1,000 rows are safe: moderator v called 960 of 1,000 toxic."
    )


def test_the_stage_that_lost_most_rows_is_named_with_its_reasons() -> None:
    edges = (
        _edge("seeds", 40, 40),
        _edge("clean_seeds", 40, 2, reasons={"too_short": 30, "language": 8}),
        _edge("dedup-0", 6, 5, reasons={"near_duplicate": 1}),
    )
    (line,) = first_lines(_manifest(5, *edges), _facts(5, _votes("v", 5, 0), voted=5))
    assert line == (
        "Warning: or-bench-main has only 5 rows; stage clean_seeds kept 2 of 40 rows"
        " (too_short 30, language 8)."
    )


def test_rows_that_are_out_as_there_were_enough_are_no_loss() -> None:
    edges = (_edge("seeds", 3, 3), _edge("topup-1", 40, 8, reasons={"category_full": 32}))
    (line,) = first_lines(_manifest(3, *edges), _facts(3, _votes("v", 3, 0), voted=3))
    assert line.endswith(
        "; 3 rows came from stage seeds, and no stage lost more than half of its rows."
    )


def test_safe_rows_that_do_not_sound_risky_are_the_reason_where_these_are_wanted() -> None:
    (line,) = first_lines(_manifest(2), _facts(20, _votes("v", 20, 7), fit=2, released=2))
    assert "2 of the 20 safe rows sound risky, as moderate.sounds_risky: required wants" in line


def test_a_release_whose_tables_are_gone_is_warned_of_by_its_funnel_alone() -> None:
    edges = (_edge("clean_seeds", 40, 0, reasons={"language": 40}),)
    (line,) = first_lines(_manifest(0, *edges), None)
    assert line == (
        "Warning: or-bench-main has no rows; stage clean_seeds kept 0 of 40 rows (language 40)."
    )


def test_many_cut_votes_are_warned_of_and_few_are_not() -> None:
    answers = AnswerCounts("moderate", "small", 27, 25, 25, 27, 1000, is_vote=True)
    plenty = _facts(20, _votes("small", 20, 7), answers=(answers,))
    (line,) = first_lines(_manifest(20), plenty)
    assert line.startswith(
        "Warning: moderator small: 25 of 27 replies were cut at 1,000 tokens, and a vote that is"
        " cut is an abstention; set its max_tokens in moderate.moderators"
    )
    assert line.endswith("or give a model without reasoning.")
    few = replace(plenty, answers=(replace(answers, cut=2),))
    assert [*first_lines(_manifest(20), few)] == []
    unknown = replace(plenty, answers=(replace(answers, cut=None, replies=None),))
    assert [*first_lines(_manifest(20), unknown)] == []


def test_carried_rows_that_others_labelled_are_said() -> None:
    carried = CarriedLabels("2026.11.0", 41, 60, ("voter", "qwen"), ("luna",))
    (line,) = first_lines(_manifest(60), _facts(19, _votes("luna", 19, 8), carried=carried))
    assert line == (
        "Note: 41 of 60 rows are carried from 2026.11.0, labelled by voter, qwen; this version's"
        " are labelled by luna."
    )


def test_a_fine_grained_set_that_is_tiny_says_what_classifiers_made_of_its_requests() -> None:
    voter = VoterCounts("a", {"in a category": 1, "none": 22, "abstained": 1, "skipped": 0})
    facts = BuildFacts(about=SORTED, voted=24, passed=1, fit=1, voters=(voter,))
    (line,) = first_lines(_manifest(1), facts)
    assert line == (
        "Warning: or-bench-main has only 1 row; 1 of 24 rows have a category: classifier a called"
        " 22 of 24 none of the categories, abstained on 1."
    )


def test_tables_show_labels_votes_and_cut_and_missing_answers() -> None:
    answers = (
        AnswerCounts("rewrite", "w", 10, None, 1),
        AnswerCounts("moderate", "v", 27, 3, 2, 31, 1000, is_vote=True),
    )
    labels, votes, missing = build_tables(_facts(20, _votes("v", 20, 5, 2), answers=answers))
    assert (labels.title, labels.header) == ("Labels", ("", "rows", "safe", "toxic", "undecided"))
    assert labels.rows == (("by the votes", 27, 20, 7, 0),)
    assert votes.header == ("moderator", "rows", "safe", "toxic", "abstained", "skipped")
    assert votes.rows == (("v", 27, 20, 5, 2, 0),)
    assert missing.rows == (("rewrite", "w", 10, None, None, 1), ("moderate", "v", 27, 31, 3, 2))


def test_where_nobody_voted_there_is_no_table() -> None:
    assert [*build_tables(BuildFacts())] == []
