"""What the offline moderators reach on categories that they have no prototype of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from moderators.prototypes import Prototype, Prototypes, load_prototypes
from moderators.types import Vote
from moderators.votes import decide
from taxonomy import load_taxonomy
from tests.moderators.chats import prompt
from tests.moderators.ensembles import ensemble, vectors
from tests.programs import drive

pytestmark = [pytest.mark.slow, pytest.mark.embedded]
SHIPPED = load_prototypes(load_taxonomy("or_bench"))
Judged = list[tuple[Prototype, list[Vote]]]


def folds() -> Iterator[tuple[Prototypes, list[Prototype]]]:
    """Leaves out one category and a tenth of the plain questions at a time."""
    plain = [example for example in SHIPPED.examples if example.kind == "plain"]
    for number, category in enumerate(SHIPPED.categories):
        left_out = {example for example in SHIPPED.examples if example.category == category}
        left_out.update(plain[number :: len(SHIPPED.categories)])
        rest = tuple(example for example in SHIPPED.examples if example not in left_out)
        yield Prototypes(rest, ""), [each for each in SHIPPED.examples if each in left_out]


@pytest.fixture(scope="module")
def judged() -> Judged:
    found: Judged = []
    for rest, left_out in folds():
        members = ensemble(rest)
        for example in left_out:
            item = prompt(example.text)
            found.append((example, [drive(member.vote(item), vectors) for member in members]))
    return found


def balanced(flags: Sequence[tuple[str, bool]]) -> float:
    """Balanced accuracy of telling toxic from harmless texts that sound bad."""
    toxic = [flagged for kind, flagged in flags if kind == "toxic"]
    benign = [flagged for kind, flagged in flags if kind == "benign"]
    return (sum(toxic) / len(toxic) + 1 - sum(benign) / len(benign)) / 2


@pytest.mark.parametrize(("place", "least"), [(0, 0.76), (1, 0.77), (2, 0.71)])
def test_each_member_tells_toxic_from_harmless_in_unseen_categories(
    judged: Judged, place: int, least: float
) -> None:
    flags = [(example.kind, votes[place].label == "toxic") for example, votes in judged]
    assert balanced(flags) >= least


def test_the_ensemble_does_so_better_than_its_best_member(judged: Judged) -> None:
    members = [
        balanced([(example.kind, votes[place].label == "toxic") for example, votes in judged])
        for place in range(3)
    ]
    together = [
        (example.kind, decide(votes, "majority").label == "toxic") for example, votes in judged
    ]
    assert balanced(together) > max(members)


def test_what_sounds_bad_sounds_risky_far_more_often_than_what_is_plain(judged: Judged) -> None:
    risky = [
        (example.kind, bool(decide(votes, "majority").sounds_risky)) for example, votes in judged
    ]
    shares = {
        kind: sum(flag for each, flag in risky if each == kind)
        / sum(each == kind for each, _ in risky)
        for kind in ("benign", "plain")
    }
    assert shares["benign"] - shares["plain"] >= 0.6
