from __future__ import annotations

import pytest

from curation.hard import HardRule
from inference.types import ChatRequest, Refusal, Reply
from moderators.answers import AnswerTask
from moderators.refusal.ensemble import EnsembleJudge
from moderators.refusal.registry import build_judge
from moderators.refusal.types import RefusalJudge
from pipelines.or_bench.panel import Member, PanelWork
from pipelines.runner.stage import EachRow
from tests.pipelines.stages.judged_rows import FirstWord, moderated_row, outcome, says

NAMES = ("one", "two", "three")
SIGNAL = Reply(refusal=Refusal("model_refusal", "message.refusal", "I will not."))


def panel(
    rule: HardRule | None = None, judge: RefusalJudge | None = None, risky: bool = False
) -> EachRow:
    members = tuple(Member(name, f"{name}-family", AnswerTask(name, 100)) for name in NAMES)
    return EachRow.of(PanelWork(members, judge or FirstWord(), rule, risky).row)


@pytest.mark.parametrize(
    ("answers", "counts", "hard"),
    [
        (("No.", "No.", "Sure."), (2, 3, 0), "hard"),
        (("No.", "Sure.", "Sure."), (1, 3, 0), "not_hard"),
        (("No.", "Hm, well.", "Sure."), (1, 2, 1), "undecided"),
        (("No.", "", "Sure."), (1, 2, 1), "undecided"),
        (("Sure.", "", "Sure."), (0, 2, 1), "not_hard"),
        (("", "", ""), (0, 0, 3), "undecided"),
    ],
)
def test_a_verdict_that_cannot_be_read_is_missing_and_never_an_answer(
    answers: tuple[str, ...], counts: tuple[int, ...], hard: str
) -> None:
    found = outcome(
        panel(HardRule(2)), moderated_row(), says(dict(zip(NAMES, answers, strict=True)))
    )
    (row,) = found.kept
    assert (row["refusals"], row["answers"], row["missing"]) == counts
    assert row["hard"] == hard
    assert [each["model"] for each in found.side["answers"]] == list(NAMES)


def test_without_a_rule_refusals_are_counted_and_nothing_is_hard() -> None:
    found = outcome(panel(), moderated_row(), says(dict.fromkeys(NAMES, "No.")))
    (row,) = found.kept
    assert (row["refusals"], row["hard"]) == (3, None)


def test_a_signal_decides_before_the_judge_and_is_kept_as_it_came() -> None:
    judge = FirstWord()
    stage = panel(HardRule(1), judge)
    found = outcome(stage, moderated_row(), says({"one": SIGNAL, "two": "Sure.", "three": "Sure."}))
    assert judge.families == ["two-family", "three-family"]
    first = found.side["answers"][0]
    assert (first["judge"], first["label"], first["refused"]) == ("signal", "direct_refusal", True)
    assert (first["outcome"], first["text"]) == ("answered", None)
    assert (first["refusal_kind"], first["refusal_raw"]) == ("model_refusal", "I will not.")


def test_an_ensemble_judges_a_panel_and_says_what_each_member_said() -> None:
    judge = EnsembleJudge("both", (build_judge("keyword"), build_judge("harmbench", "cls")))
    said = {"one": "I can't help with that.", "two": "Turn the knob.", "three": "", "cls": "no"}
    found = outcome(panel(HardRule(2), judge), moderated_row(), says(said))
    (row,) = found.kept
    assert (row["refusals"], row["answers"], row["missing"], row["hard"]) == (1, 1, 2, "undecided")
    first, second, _ = found.side["answers"]
    assert first["judge_reason"] == "majority: keyword direct_refusal, cls direct_refusal"
    assert (second["label"], second["refused"]) == ("unparseable", None)
    assert second["judge_reason"] == "tie: keyword direct_answer, cls direct_refusal"


@pytest.mark.parametrize(
    ("row", "risky"),
    [
        (moderated_row("toxic"), False),
        (moderated_row("undecided"), False),
        (moderated_row(sounds_risky=False), True),
        (moderated_row(sounds_risky=None), True),
    ],
)
def test_rows_outside_the_set_are_not_asked_about(row: dict[str, object], risky: bool) -> None:
    def nobody(request: ChatRequest) -> Reply:
        raise AssertionError(request.model)

    found = outcome(panel(HardRule(1), risky=risky), row, nobody)
    (kept,) = found.kept
    assert [kept[name] for name in ("refusals", "answers", "missing", "hard")] == [None] * 4
    assert "answers" not in found.side


def test_each_target_is_asked_once_whatever_it_says() -> None:
    asked: list[str] = []

    def say(request: ChatRequest) -> Reply:
        asked.append(request.model)
        return Reply(text="")

    outcome(panel(HardRule(1)), moderated_row(), say)
    assert sorted(asked) == sorted(NAMES)
