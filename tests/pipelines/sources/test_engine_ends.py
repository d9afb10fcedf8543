"""What becomes of a batch whose replies could not all be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from inference.engine import Batch, Engine
from inference.ledger import Ledger
from inference.providers.opening import provide
from inference.types import Failed
from pipelines.errors import TextsMissingError, VotesMissingError
from pipelines.sources.engine import require_texts, require_votes

HALF: Batch[str] = Batch(("yes", Failed("no_reply")), {})
WHOLE: Batch[str] = Batch(("yes", "no"), {})


def _encodes_nothing(name: str) -> NoReturn:
    raise AssertionError(name)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine({}, Ledger(tmp_path / "ledger.sqlite"), provide, _encodes_nothing) as engine:
        yield engine


def test_votes_that_are_all_there_come_in_their_order(engine: Engine) -> None:
    assert require_votes(engine, WHOLE, "the judge") == ["yes", "no"]


def test_one_vote_that_could_not_be_had_names_who_was_asked_and_why(engine: Engine) -> None:
    with pytest.raises(VotesMissingError) as caught:
        require_votes(engine, HALF, "the judge")
    assert caught.value.rule == "the judge must be asked; 1 rows failed: what was answered is kept"
    assert caught.value.value == "no_reply"


def test_as_many_texts_may_fail_as_the_recipe_allows(engine: Engine) -> None:
    assert require_texts(engine, HALF, allowed=1) == ["yes", Failed("no_reply")]
    with pytest.raises(TextsMissingError, match=r"at most max_failed \(0\)"):
        require_texts(engine, HALF)
