from __future__ import annotations

from checks.identity import Barred, content_id
from inference.types import Item

_ITEM = Item("r", "Write a poem.", "c")


def test_a_text_whose_id_is_barred_is_out_with_its_reason() -> None:
    check = Barred("slang", {content_id("Yo, a poem.", "slang"): "withdrawn"})
    assert check(_ITEM, "Yo,  a poem.") == "withdrawn"
    assert check(_ITEM, "Yo, a song.") is None
    assert Barred("", check.reasons)(_ITEM, "Yo, a poem.") is None


def test_its_form_in_digests_depends_on_the_ids_and_not_on_their_order() -> None:
    one = Barred("slang", {"a": "withdrawn", "b": "withdrawn"})
    assert repr(one) == repr(Barred("slang", {"b": "withdrawn", "a": "withdrawn"}))
    assert repr(one) != repr(Barred("slang", {"a": "withdrawn"}))
    assert repr(one) != repr(Barred("question", dict(one.reasons)))
