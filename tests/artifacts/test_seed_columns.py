from __future__ import annotations

import polars as pl
import pytest

from artifacts.seed_columns import names_seeds, with_seed_ids
from checks.identity import content_id

_FIRST_EDITION = pl.DataFrame(
    {
        "prompt": ["a", "b", "c"],
        "seed": ["How do I rob a bank?", None, " How do I\n rob a bank?"],
        "writer": ["w", "w", "w"],
    }
)
_ID = content_id("How do I rob a bank?")


def test_rows_of_the_first_edition_are_given_their_seeds_ids_in_place_of_the_texts() -> None:
    rows = with_seed_ids(_FIRST_EDITION, texts=False)
    assert rows.columns == ["prompt", "seed_id", "writer"]
    assert rows["seed_id"].to_list() == [_ID, None, _ID]
    assert "bank" not in str(rows.rows())


def test_texts_stay_beside_the_ids_where_they_may() -> None:
    rows = with_seed_ids(_FIRST_EDITION, texts=True)
    assert rows.columns == ["prompt", "seed_id", "seed", "writer"]
    assert rows.drop("seed_id").equals(_FIRST_EDITION)
    assert _FIRST_EDITION.columns == ["prompt", "seed", "writer"]


@pytest.mark.parametrize("texts", [True, False])
def test_rows_that_say_nothing_of_a_text_stay_as_they_are(texts: bool) -> None:
    for rows in (_FIRST_EDITION.drop("seed"), with_seed_ids(_FIRST_EDITION, texts=False)):
        assert with_seed_ids(rows, texts=texts).equals(rows)


def test_an_id_that_is_there_is_not_made_again() -> None:
    rows = _FIRST_EDITION.with_columns(seed_id=pl.lit("0123456789abcdef"))
    assert set(with_seed_ids(rows, texts=False)["seed_id"]) == {"0123456789abcdef"}


def test_columns_with_a_text_have_an_id() -> None:
    assert names_seeds(["prompt", "seed"]) == {"prompt", "seed", "seed_id"}
    assert names_seeds(["prompt", "turns"]) == {"prompt", "turns"}
