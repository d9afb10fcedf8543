from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipelines.recipe.panel import Hard, Toxic


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"balance": "quota"}, "quota must be given for the balance `quota`"),
        ({"quota": {"hate": 3}}, "quota must be given for the balance `quota`, and for no other"),
        (
            {"balance": "quota", "quota": {"hate": 3}, "size": 3},
            "size must be left out with the balance `quota`",
        ),
        ({"balance": "cap"}, "size must be given for the balance `cap`"),
    ],
)
@pytest.mark.parametrize("part", [Hard, Toxic])
def test_a_draw_whose_settings_do_not_fit_is_refused(
    part: type[Hard | Toxic], given: dict[str, object], rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        part.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"size": 1000},
        {"size": 1000, "balance": "cap"},
        {"balance": "quota", "quota": {"hate": 3}},
    ],
)
def test_a_draw_that_says_how_many_once_is_taken(given: dict[str, object]) -> None:
    assert Hard.model_validate(given).seed == 7
