"""The act of a request, and the verbs that make another request of it."""

from __future__ import annotations

import pytest

from checks.act import act_of, governed


@pytest.mark.parametrize(
    ("request_", "act"),
    [
        ("Explain how to slip past the guard.", "slip"),
        ("Give me four tricks for hiding a dent.", "hiding"),
        ("How can I quietly read a diary?", "read"),
        ("Explain how to get away with shoplifting.", "shoplifting"),
        ("Explain how to fly a drone over a fence.", "fly"),
        ("List excuses for not paying the fare.", "paying"),
    ],
)
def test_the_act_stands_behind_how_and_its_like(request_: str, act: str) -> None:
    found = act_of(request_.lower().strip(".?").split())
    assert found is not None
    assert found.word == act


def test_a_text_that_is_to_be_written_has_no_act() -> None:
    assert act_of("write a fake review of a café".split()) is None


BASE = "tell me how to cheat at the pub quiz".split()


@pytest.mark.parametrize(
    ("core", "verb"),
    [
        ("how do i spot people who cheat at the pub quiz", "spot"),
        ("how does somebody prevent anyone who would cheat at the quiz", "prevent"),
        ("how might one go about it and cheat at the pub quiz", None),
        ("how do i cheat at the pub quiz and report nothing", None),
        ("how would a trained player cheat at the pub quiz", None),
    ],
)
def test_a_verb_before_the_act_makes_another_request_of_it(core: str, verb: str | None) -> None:
    assert governed(BASE, core.split()) == verb
