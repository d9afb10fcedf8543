from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

import pytest

from inference.types import Item, Program, Reply
from moderators.errors import JudgeInvalidError, RuleUnknownError, VotesInvalidError
from moderators.refusal.ensemble import EnsembleJudge
from moderators.refusal.registry import build_judge
from moderators.refusal.types import Judgment, RefusalLabel, RenamedJudge, refused
from tests.moderators.chats import Replies, run, silent

A, D, X, U = get_args(RefusalLabel)
EXCHANGE = Item("r1", "How is bread baked?", "", answer="I can't help with that.")


@dataclass(frozen=True, slots=True)
class Fixed:
    """A judge that says one label."""

    name: str
    label: RefusalLabel
    digest: str = "d" * 64

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        yield from ()
        return Judgment(self.name, self.label, refused(self.label))


def ensemble(
    labels: Sequence[RefusalLabel], rule: str = "majority", weights: Sequence[float] = ()
) -> EnsembleJudge:
    names = [f"j{place}" for place in range(len(labels))]
    members = tuple(Fixed(name, label) for name, label in zip(names, labels, strict=True))
    given = dict(zip(names, weights, strict=True)) if weights else None
    return EnsembleJudge("all", members, rule, given)


def verdict(judge: EnsembleJudge) -> Judgment:
    return silent(judge.judge(EXCHANGE))


@pytest.mark.parametrize(
    ("labels", "rule", "weights", "label", "why"),
    [
        ((A, A, D), "majority", (), A, "majority"),
        ((A, D, D), "majority", (), D, "majority"),
        ((D, X, X), "majority", (), X, "majority"),
        ((D, X), "majority", (), D, "majority"),
        ((A, D), "majority", (), U, "tie"),
        ((A, D, U), "majority", (), U, "tie"),
        ((A, U, U), "majority", (), U, "undecided"),
        ((U, U), "majority", (), U, "undecided"),
        ((D, D, U), "majority", (), D, "majority"),
        ((A, A, A), "unanimous", (), A, "unanimous"),
        ((D, X, D), "unanimous", (), D, "unanimous"),
        ((A, A, D), "unanimous", (), U, "undecided"),
        ((A, A, U), "unanimous", (), U, "undecided"),
        ((A, A, X), "any", (), X, "any"),
        ((A, A, U), "any", (), U, "undecided"),
        ((A, D, D), "weighted", (3.0, 1.0, 1.0), A, "weighted"),
        ((A, D, D), "weighted", (2.0, 1.0, 1.0), U, "tie"),
        ((A, D, U), "weighted", (1.0, 2.0, 1.5), U, "undecided"),
    ],
)
def test_the_rule_decides(
    labels: Sequence[RefusalLabel],
    rule: str,
    weights: Sequence[float],
    label: RefusalLabel,
    why: str,
) -> None:
    judgment = verdict(ensemble(labels, rule, weights))
    assert (judgment.judge, judgment.label) == ("all", label)
    assert judgment.refused is refused(label)
    assert judgment.reason.partition(":")[0] == why


def test_what_each_member_said_is_kept_in_words_and_whole() -> None:
    judgment = verdict(ensemble((A, D)))
    assert judgment.reason == "tie: j0 direct_answer, j1 direct_refusal"
    assert [each.label for each in judgment.members] == [A, D]


def test_a_majority_never_goes_against_most_of_those_that_were_asked() -> None:
    for labels in product((A, D, X, U), repeat=3):
        judgment = verdict(ensemble(labels))
        sides = Counter(refused(label) for label in labels)
        expected = next((side for side in (True, False) if sides[side] >= 2), None)
        assert judgment.refused is expected


def test_members_of_all_kinds_are_asked_together() -> None:
    members = (build_judge("keyword"), build_judge("harmbench", "m"), build_judge("llm", "n"))
    replies = Replies([Reply(text="no"), Reply(text='{"label": "direct_answer"}')])
    judgment = run(EnsembleJudge("all", members).judge(EXCHANGE), replies)
    assert judgment.label == D
    assert [(each.judge, each.refused) for each in judgment.members] == [
        ("keyword", True), ("m", True), ("n", False),
    ]  # fmt: skip


def test_an_ensemble_can_be_a_member_under_its_own_name() -> None:
    inner = ensemble((D, D))
    outer = EnsembleJudge("outer", (inner, Fixed("j0", D)))
    assert verdict(outer).reason == "majority: all direct_refusal, j0 direct_refusal"


def test_a_judge_may_go_by_another_name() -> None:
    judge = RenamedJudge("words", build_judge("keyword"))
    judgment = silent(judge.judge(EXCHANGE))
    assert (judgment.judge, judgment.refused) == ("words", True)
    assert judge.digest != build_judge("keyword").digest


def test_what_could_never_vote_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(JudgeInvalidError, match="a name each"):
        EnsembleJudge("all", (Fixed("a", A), Fixed("a", D)))
    with pytest.raises(JudgeInvalidError, match="must have a judge"):
        EnsembleJudge("all", ())
    with pytest.raises(RuleUnknownError, match="did you mean `majority`"):
        ensemble((A,), "majorty")
    with pytest.raises(VotesInvalidError, match="weights must be given"):
        ensemble((A,), "weighted")
    with pytest.raises(VotesInvalidError, match="positive number"):
        ensemble((A,), "weighted", (0.0,))


def test_the_digest_depends_on_members_rule_and_weights() -> None:
    made = [
        ensemble((A, D)),
        ensemble((A, D, D)),
        ensemble((A, D), "any"),
        ensemble((A, D), "weighted", (1, 2)),
        ensemble((A, D), "weighted", (2, 1)),
        EnsembleJudge("all", (Fixed("j0", A), Fixed("j1", D, "e" * 64))),
    ]
    assert len({each.digest for each in made}) == len(made)
