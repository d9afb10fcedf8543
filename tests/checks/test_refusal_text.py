from __future__ import annotations

from checks.refusal_phrases import plain


def test_sentences_are_plain_lower_case_and_without_marks() -> None:
    found = plain("> **I can\u2019t** do\u00a0 _that_.\n\n- Nor   this! \u201cReally?\u201d Yes.")
    assert found.sentences == ("i can't do that.", "nor this!", '"really?', "yes.")
    assert found.text == "i can't do that. nor this! \"really? yes."


def test_code_is_left_out_unless_nothing_else_is_there() -> None:
    assert plain("Run it:\n```\nrm x\n```\nDone.").sentences == ("run it:", "done.")
    assert plain("```\nrm x\n```").sentences == ("rm x",)


def test_three_things_in_a_list_are_steps() -> None:
    assert plain("- a\n- b\n- c").steps
    assert plain("1. a 2. b 3. c").steps
    assert plain("Step 1: a\nStep 2: b\nStep 3: c").steps
    assert not plain("- a\n- b").steps
    assert not plain("It was 1. Then 2 came, then 3.").steps


def test_nothing_is_no_sentence() -> None:
    assert plain(" \n ** \u200b").sentences == ()
