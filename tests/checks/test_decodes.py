from __future__ import annotations

from checks.decodes import Decodes
from tests.programs import ITEM


class _Shouted:
    def reason(self, base: str, prompt: str) -> str | None:
        return None if prompt == base.upper() else "does_not_decode"


def test_an_encoded_text_must_give_its_base_back() -> None:
    check = Decodes(_Shouted())
    assert check(ITEM, ITEM.text.upper()) is None
    assert check(ITEM, ITEM.text) == "does_not_decode"
