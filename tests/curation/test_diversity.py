"""The choice of the farthest: far from each other, the same in any order and any batch."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from curation.diversity import Ranked, farthest
from curation.quota import shuffle_key
from tests.programs import Encoder, Given, at_cosine, drive

PLANE = {
    "east": [1.0, 0.0], "east by north": at_cosine(0.97), "north east": at_cosine(0.7),
    "north": [0.0, 1.0], "west": [-1.0, 0.0],
}  # fmt: skip


def _rows(texts: list[str], **priority: float) -> list[Ranked]:
    return [Ranked(text, text, (priority.get(text.replace(" ", "_"), 0.0),)) for text in texts]


def test_each_choice_is_the_one_farthest_from_all_before_it() -> None:
    rows = _rows(list(PLANE), east=1.0)
    chosen = drive(farthest(rows, 4, "e", 7), Given(PLANE))
    assert chosen == ("east", "west", "north", "north east")


def test_the_first_of_a_larger_choice_are_the_smaller_choice() -> None:
    rows = _rows(list(PLANE))
    whole = drive(farthest(rows, 5, "e", 7), Given(PLANE))
    for wanted in range(5):
        assert drive(farthest(rows, wanted, "e", 7), Given(PLANE)) == whole[:wanted]


def test_fewer_rows_than_wanted_are_all_chosen() -> None:
    assert set(drive(farthest(_rows(list(PLANE)), 99, "e", 7), Given(PLANE))) == set(PLANE)
    assert drive(farthest([], 3, "e", 7), Given(PLANE)) == ()


def test_what_is_given_is_kept_away_from_and_not_chosen_again() -> None:
    rows = _rows(["east by north", "north", "west"])
    assert drive(farthest(rows, 2, "e", 7, given=["east"]), Given(PLANE)) == ("west", "north")


def test_priority_decides_between_rows_that_are_equally_far_and_then_the_seed() -> None:
    vectors = {"centre": [1.0, 0.0, 0.0], "up": [0.0, 1.0, 0.0], "down": [0.0, -1.0, 0.0]}
    for better in ("up", "down"):
        rows = _rows(["up", "down"], **{better: 1.0})
        chosen = drive(farthest(rows, 1, "e", 7, given=["centre"]), Given(vectors))
        assert chosen == (better,)
    rows = _rows(["up", "down"])
    by_seed = {
        drive(farthest(rows, 1, "e", seed, given=["centre"]), Given(vectors)) for seed in range(20)
    }
    assert by_seed == {("up",), ("down",)}


def test_a_difference_below_two_decimals_is_a_tie() -> None:
    vectors = {"centre": [1.0, 0.0], "near": at_cosine(0.502), "far": at_cosine(0.498)}
    rows = _rows(["near", "far"], near=1.0)
    assert drive(farthest(rows, 1, "e", 7, given=["centre"]), Given(vectors)) == ("near",)


def _cloud(count: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(3)
    points = rng.normal(size=(count, 8))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return {f"text {n}": row.tolist() for n, row in enumerate(points)}


@pytest.mark.parametrize("noise", [1e-6, 1e-3])
def test_neither_order_nor_batch_can_change_the_choice(noise: float) -> None:
    cloud = _cloud(200)
    texts = list(cloud)
    wanted = drive(farthest(_rows(texts), 20, "e", 7), Given(cloud))
    for turn in range(4):
        Random(turn).shuffle(texts)
        assert drive(farthest(_rows(texts), 20, "e", 7), Given(cloud, noise)) == wanted


def test_only_near_ties_are_computed_alone() -> None:
    cloud = _cloud(300)
    answers = Given(cloud)
    drive(farthest(_rows(list(cloud)), 10, "e", 7), answers)
    alone = {text for request in answers.requests if request.alone for text in request.texts}
    assert len(alone) < 100
    assert not any(request.alone for request in answers.requests[:1])


def test_real_texts_of_one_topic_are_not_chosen_twice() -> None:
    texts = {
        "a1": "Explain how to pick the lock of a door.",
        "a2": "Describe how to pick a door lock.",
        "b": "Write a rude poem about my boss.",
        "c": "List ways to copy from a neighbor in an exam.",
    }
    rows = [Ranked(row, text) for row, text in texts.items()]
    chosen = drive(farthest(rows, 3, "e", 7), Encoder())
    assert {row[0] for row in chosen} == {"a", "b", "c"}


def test_lots_depend_on_seed_and_name_alone() -> None:
    assert shuffle_key(7, "x") == shuffle_key(7, "x")
    assert len({shuffle_key(7, "x"), shuffle_key(8, "x"), shuffle_key(7, "y")}) == 3
