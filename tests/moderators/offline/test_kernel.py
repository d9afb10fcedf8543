from __future__ import annotations

import numpy as np
import pytest
from sklearn.svm import SVC

from moderators.offline.prototype_bank import Bank, fill
from moderators.offline.vectors import Fit, KernelPlan, fit_machine
from tests.moderators.chats import prompt
from tests.moderators.small_bank import PROTOTYPES, VECTORS
from tests.programs import Given, drive

PLAN = KernelPlan("minilm", PROTOTYPES, Fit(cost=100.0))


@pytest.mark.parametrize(
    ("like", "label", "risky"),
    [
        ("rob a shop", "toxic", True),
        ("hit the road", "safe", True),
        ("boil an egg", "safe", False),
    ],
)
def test_a_prompt_like_a_prototype_is_judged_as_it_is(like: str, label: str, risky: bool) -> None:
    answer = Given(VECTORS | {"asked": VECTORS[like]})
    vote = drive(drive(PLAN.prepare(), answer).vote(prompt("asked")), answer)
    assert (vote.model, vote.label, vote.sounds_risky) == ("kernel", label, risky)


def test_a_machine_decides_as_the_library_that_fitted_it() -> None:
    bank: Bank = drive(fill("minilm", PROTOTYPES), Given(VECTORS))
    fit = Fit()
    machine = fit_machine(fit, bank, bank.toxic)
    library = SVC(C=fit.cost, gamma=fit.gamma, class_weight="balanced")
    library.fit(bank.vectors, np.isin(np.arange(6), bank.toxic))
    vector = np.array([0.48, 0.64, 0.6], np.float32)
    expected = library.decision_function(vector[None])[0]
    assert machine.decide(bank.cosines(vector), fit.gamma) == pytest.approx(expected, abs=1e-6)


def test_the_same_prototypes_always_give_the_same_machine() -> None:
    votes = set()
    for _ in range(2):
        answer = Given(VECTORS | {"asked": [0.48, 0.64, 0.6]})
        votes.add(drive(drive(PLAN.prepare(), answer).vote(prompt("asked")), answer))
    assert len(votes) == 1


def test_the_digest_changes_with_a_parameter() -> None:
    assert PLAN.digest != KernelPlan("minilm", PROTOTYPES).digest
