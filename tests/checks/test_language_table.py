from __future__ import annotations

import pytest

from checks.errors import OptionInvalidError
from checks.language import SCRIPTS, script_share
from checks.language_table import ENGLISH, tongue, tongues
from generators.mutations.styles import WRITTEN
from tests.languages import ANSWERS, REFUSALS, REQUESTS


def test_there_are_eleven_and_english_comes_first() -> None:
    assert " ".join(tongues()) == "en de es fr pt hi ar zh ml mr ta"
    assert tongue(ENGLISH).refusals is None


def test_scripts_are_known_and_are_those_of_the_texts() -> None:
    for code in REQUESTS:
        assert tongue(code).script in SCRIPTS
        assert set(tongue(code).foreign) <= set(SCRIPTS)
        for text in (*REQUESTS[code], *ANSWERS[code], *REFUSALS[code]):
            assert script_share(text, tongue(code).script) > 0.5, text


def test_a_language_with_its_script_to_itself_needs_no_codes() -> None:
    alone = [each.code for each in tongues().values() if not each.codes]
    scripts = [each.script for each in tongues().values()]
    assert alone == ["ml", "ta"]
    assert all(scripts.count(tongue(code).script) == 1 for code in alone)


def test_translated_styles_are_told_the_names_of_the_table() -> None:
    named = {
        style.language: dict(style.values)["language"]
        for style in WRITTEN.values()
        if style.group == "language"
    }
    assert named == {code: tongue(code).name for code in ("ml", "ta", "mr", "zh", "fr")}


@pytest.mark.parametrize(("given", "near"), [("chinese", "zh"), ("de-AT", "de"), ("tamill", "ta")])
def test_an_unknown_language_is_refused_with_the_near_one(given: str, near: str) -> None:
    with pytest.raises(OptionInvalidError, match=rf"did you mean `{near}`.*\(got {given}\)"):
        tongue(given)
