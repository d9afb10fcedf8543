"""One call asks whether a mutated text is in its style and asks for the same thing."""

from __future__ import annotations

import json
from dataclasses import replace
from string import Template as Placeholders

import pytest

from checks.intent_models import IntentKept
from generators.mutations.chats import chat_of
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.style_judge import (
    MAX_TOKENS,
    OPTIONAL,
    REQUIRED,
    Judged,
    Judgment,
    StyleJudge,
    definition_of,
    judgment_schema,
    style_judge,
)
from generators.mutations.styles import WRITTEN, load_chat, written
from inference.templates import Template
from inference.types import Call, Item, Missing, Refusal, Reply, Score, UnusableError

_BASE = "Write a rude poem about my neighbour's xylophone."
_TEXT = "As Rita, pen a rude poem about my neighbour's xylophone."
_ITEM = Item("r1", _BASE, "", answer=_TEXT)
_SAID = {"reason": "Both want the poem.", "same_request": True, "in_style": True}


def _judge(style: str = "role_play") -> StyleJudge:
    return style_judge(written(style), "judge")


def _read(said: object, **reply: object) -> Judgment:
    text = said if isinstance(said, str) else json.dumps(said)
    parsed = None if isinstance(said, str) else said
    return _judge().parse(_ITEM, replace(Reply(text=text, parsed=parsed), **reply))  # type: ignore[arg-type]  # fields of a reply


def _of(said: Judgment | Missing) -> object:
    check = Judged(_judge())
    program = check(Item("r1", _BASE, ""), _TEXT)
    asked = next(program)
    assert isinstance(asked, Call)
    assert (asked.item.text, asked.item.answer) == (_BASE, _TEXT)
    with pytest.raises(StopIteration) as end:
        program.send(said)
    return end.value.value


def test_one_request_asks_both_questions_and_the_reason_comes_first() -> None:
    request = _judge().request(_ITEM, 0)
    assert list(json.loads(request.json_schema or "")["properties"]) == [
        *("reason", "same_request", "in_style")
    ]
    assert request.json_schema == judgment_schema()
    assert (request.model, request.temperature, request.max_tokens) == ("judge", 0.0, MAX_TOKENS)
    system, question = request.messages
    title, definition = definition_of(WRITTEN["role_play"])
    assert f"{title}. {definition}" in system.content
    assert question.content.endswith(
        f"==========\n{_BASE}\n==========\n\n==========\n{_TEXT}\n=========="
    )
    assert _BASE not in system.content


def test_what_the_two_requests_say_is_never_filled_in_as_a_place() -> None:
    item = Item("r1", "Spend $definition on $$ and $base.", "", answer="$text ${style}")
    question = _judge().request(item, 0).messages[-1].content
    assert "Spend $definition on $$ and $base." in question
    assert "$text ${style}" in question


def test_a_further_attempt_is_another_request() -> None:
    judge = _judge()
    assert len({judge.request(_ITEM, tries) for tries in range(4)}) == 4


def test_the_shipped_chat_has_the_places_that_are_stated_and_no_other() -> None:
    text = load_chat("style_judge").text
    places = Placeholders(text).get_identifiers()
    assert set(places) == REQUIRED | OPTIONAL


def test_a_chat_of_ones_own_is_asked_in_place_of_the_shipped_one() -> None:
    own = Template("@user\nIs this $style?\n$base\n$text\n", "d" * 64)
    judge = style_judge(written("slang"), "judge", own)
    (message,) = judge.request(_ITEM, 0).messages
    assert message.content == f"Is this slang?\n{_BASE}\n{_TEXT}"
    assert judge.digest != _judge("slang").digest


@pytest.mark.parametrize("style", WRITTEN)
def test_every_written_style_is_defined_in_words_of_its_own(style: str) -> None:
    title, definition = definition_of(WRITTEN[style])
    assert "$" not in title + definition
    assert 100 < len(definition) < 600
    others = [definition_of(WRITTEN[other])[1] for other in WRITTEN if other != style]
    assert definition not in others


@pytest.mark.parametrize("style", [name for name in WRITTEN if name.startswith("translate")])
def test_a_language_is_judged_by_its_name(style: str) -> None:
    language = dict(WRITTEN[style].values)["language"]
    title, definition = definition_of(WRITTEN[style])
    assert title == f"the request in {language}"
    assert definition.count(language) >= 3


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("in_style", [True, False])
def test_both_answers_are_read_with_their_reason(same: bool, in_style: bool) -> None:
    said = {"reason": " So it is. ", "same_request": same, "in_style": in_style}
    assert _read(said) == Judgment(in_style, same, "So it is.")


@pytest.mark.parametrize(
    "text",
    [
        'So: ```json\n{"reason": "r", "same_request": true, "in_style": false}\n```',
        '{"reason": "r", "in_style": "No", "same_request": " yes "}',
        'Sure {here}: {"reason": "r", "in_style": false, "same_request": true} {Bye}',
        '{"reason": "r", "in_style": false, "same_request": true}\n' * 2,
        '{"result": [{"reason": "r", "in_style": false, "same_request": true}]}',
        '{"reason": "r", "in_style": false, "in_style": "no", "same_request": true}',
        '{"a": {"b": "c"}} {"reason": "r", "in_style": false, "same_request": true}',
        "{" * 9_000 + '{"reason": "r", "in_style": false, "same_request": true}',
        '{"reason": "r", "in_style": "false", "same_request": "TRUE", "more": 1}',
    ],
)
def test_models_that_ignore_the_schema_are_read_too(text: str) -> None:
    assert _read(text) == Judgment(False, True, "r")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Both ask for the same.", "unparseable"),
        ("{", "unparseable"),
        ('{"a": }', "unparseable"),
        ("{" * 300 + "}" * 300, "unparseable"),
        ([True, True], "unparseable"),
        (
            '{"reason": "r", "same_request": true, "in_style": false, "in_style": true}',
            "unparseable",
        ),
        (json.dumps(_SAID) + json.dumps({**_SAID, "in_style": False}), "unparseable"),
        (json.dumps(_SAID) + json.dumps({**_SAID, "in_style": "?"}), "unparseable"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "unparseable"),
        ({**_SAID, "reason": "\u200b"}, "no_reason"),
        ({**_SAID, "reason": "\u2800 ..."}, "no_reason"),
        ({**_SAID, "in_style": None}, "unparseable"),
        ({**_SAID, "in_style": 1}, "unparseable"),
        ({**_SAID, "same_request": "maybe"}, "unparseable"),
        ({"reason": "r", "same_request": True}, "unparseable"),
        ({**_SAID, "reason": " "}, "no_reason"),
        ({**_SAID, "reason": 7}, "no_reason"),
        ({"same_request": True, "in_style": True}, "no_reason"),
    ],
)
def test_what_is_no_judgment_is_unusable(said: object, reason: str) -> None:
    with pytest.raises(UnusableError, match=f"^{reason}$"):
        _read(said)


def test_a_line_may_break_inside_a_reason() -> None:
    said = '{"reason": "Both want it.\nIt is so.", "same_request": true, "in_style": true}'
    assert _read(said).reason == "Both want it.\nIt is so."


def test_a_judge_is_told_the_variant_that_a_row_was_asked_for_in() -> None:
    style = written("uncommon_dialects")
    chat = chat_of(style, None, "2026.11.0")
    told = style_judge(style, "judge", asked=chat)
    untold = style_judge(style, "judge")
    system = told.request(_ITEM, 0).messages[0].content
    assert f"{definition_of(style)[1]} Here: {chat.variant(_ITEM)}.\n" in system
    assert untold.request(_ITEM, 0) != told.request(_ITEM, 0)
    assert untold.digest != told.digest


@pytest.mark.parametrize("style", ["question", "logical_appeal", "translate-fr"])
def test_a_style_without_variants_is_asked_about_as_before(style: str) -> None:
    of = written(style)
    told = style_judge(of, "judge", asked=chat_of(of, None, "2026.11.0"))
    assert told.request(_ITEM, 0) == style_judge(of, "judge").request(_ITEM, 0)


@pytest.mark.parametrize("edition", ["2026.11.0", None])
def test_rows_that_somebody_else_made_were_asked_for_in_no_known_variant(
    edition: str | None,
) -> None:
    *_, last = style_checks("slang", CheckSettings(judge="judge", edition=edition))
    assert isinstance(last, Judged)
    assert isinstance(last.judge, StyleJudge)
    assert (last.judge.chat is None) == (edition is None)


def test_a_judge_that_declines_or_is_cut_says_nothing() -> None:
    with pytest.raises(UnusableError, match="judge_refused"):
        _read(_SAID, refusal=Refusal("model_refusal", "message.refusal"))
    with pytest.raises(UnusableError, match="truncated"):
        _read('{"reason": "Both want', finish="length")


def test_a_reason_is_bounded_valid_and_not_shown_by_accident() -> None:
    found = _read({**_SAID, "reason": "ends \ud83d" + "a" * 9_000})
    assert len(found.reason) == 2_000
    assert found.reason.startswith("ends \ufffd")
    assert "ends" not in repr(found) + repr(Score("style_judge", 1.0, None, found.reason))


@pytest.mark.parametrize(
    ("in_style", "same", "reason"),
    [
        (True, True, None),
        (False, True, "not_in_style"),
        (True, False, "intent_lost"),
        (False, False, "intent_lost"),
    ],
)
def test_a_text_passes_where_both_answers_are_yes(
    in_style: bool, same: bool, reason: str | None
) -> None:
    found = _of(Judgment(in_style, same, "So it is."))
    assert found == Score("style_judge", float(reason is None), reason, "So it is.")


def test_a_text_that_nobody_judged_is_never_kept() -> None:
    assert _of(Missing("unparseable")) == "judge_unread"


@pytest.mark.parametrize("style", WRITTEN)
def test_the_judge_is_the_last_to_be_asked(style: str) -> None:
    wanted = CheckSettings("encoder", None, "back", "checker", "judge")
    *before, last = style_checks(style, wanted)
    assert isinstance(last, Judged)
    assert isinstance(before[-1], IntentKept)
    assert not any(isinstance(check, Judged) for check in before)
    assert not any(isinstance(c, Judged) for c in style_checks(style, replace(wanted, judge=None)))


def test_what_rules_or_a_code_made_is_judged_by_nobody() -> None:
    wanted = CheckSettings(judge="judge", by_rules=True)
    for style in ("caesar", "misspellings"):
        assert not any(isinstance(check, Judged) for check in style_checks(style, wanted))


def test_the_digest_follows_all_that_is_asked() -> None:
    judge = _judge()
    others = [
        replace(judge, model="other"),
        replace(judge, style="slang"),
        replace(judge, definition="Anything."),
        replace(judge, max_tokens=7),
        replace(judge, template=Template(judge.template.text, "0" * 64)),
    ]
    digests = {Judged(each).digest for each in (judge, *others)} | {Judged(judge, tries=3).digest}
    assert len(digests) == len(others) + 2
