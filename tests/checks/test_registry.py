from __future__ import annotations

import pytest

from checks.drift import DriftBand
from checks.errors import CheckError, CheckUnknownError, OptionInvalidError
from checks.length import Length
from checks.registry import NAMES, build

OPTIONS = {
    "drift": {"encoder": "minilm", "low": 0.3, "high": 0.85},
    "example": {"encoder": "minilm", "examples": ("one",), "limit": 0.85},
}


def test_every_name_makes_a_check_of_that_name() -> None:
    assert tuple(check.name for check in build(NAMES, **OPTIONS)) == NAMES


def test_checks_come_in_the_order_in_which_they_are_named() -> None:
    names = ["reversal", "length", "harm_words"]
    assert [check.name for check in build(names)] == names


def test_options_reach_their_check() -> None:
    length, drift = build(["length", "drift"], length={"max_chars": 300}, **OPTIONS)
    assert length == Length(max_chars=300)
    assert drift == DriftBand("minilm", 0.3, 0.85)


def test_an_unknown_name_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(
        CheckUnknownError, match=r"mean `harm_words`\?\) \(got harms_word\)"
    ) as caught:
        build(["harms_word"])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("length", {"max_char": 3}, r"mean `max_chars`\?\) \(got max_char\)"),
        ("leftovers", {"strict": True}, r"leftovers: takes no options \(got strict\)"),
        ("drift", {"encoder": "minilm", "low": 0.3}, r"drift: the option 'high' is given"),
        ("length", {"min_chars": 9, "max_chars": 5}, r"got 9\.\.5"),
    ],
)
def test_a_wrong_option_is_refused_by_name(
    name: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionInvalidError, match=message):
        build([name], **{name: options})


def test_the_error_family_carries_rule_value_and_exit_code() -> None:
    error = CheckError("a rule", 3)
    assert (error.rule, error.value, error.exit_code, str(error)) == (
        "a rule",
        "3",
        1,
        "a rule (got 3)",
    )
    assert str(CheckError("a rule")) == "a rule"
