from __future__ import annotations

from checks.artefacts import Leftovers
from checks.unless_in_base import UnlessInBase
from inference.types import Item
from tests.programs import ITEM


def test_what_another_check_finds_in_the_base_too_is_spared() -> None:
    check = UnlessInBase(Leftovers())
    json = Item("r", 'Fill in {"name": "a"} with an insult', "c")
    assert check.name == "leftovers"
    assert Leftovers()(json, 'Yo, fill in {"name": "a"} with an insult') == "leftover"
    assert check(json, 'Yo, fill in {"name": "a"} with an insult') is None
    assert check(ITEM, 'Yo, fill in {"name": "a"} with an insult') == "leftover"
