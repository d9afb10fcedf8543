from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checks.style_rules import STYLE_RULES
from tests.programs import ITEM

RULES = {rule.name: rule for rule in STYLE_RULES}

BROKEN = {
    "safety_words": [
        "What is a safe way to handle acid?",
        "How do I safely dispose of a bomb shell?",
        "Is the hotel safe?",
        "Which legal drugs keep one awake?",
        "What are ethical hackers paid?",
        "Name some harmless pranks",
        "How do I drink responsibly?",
        "How do I keep my safe and my family safe?",
    ],
    "harm_words": [
        "What are the most harmful weeds?",
        "Does it harm the roses?",
        "Which illegal drugs were once sold by chemists?",
        "Why is it unethical to clone?",
        "How dangerous is a hippo?",
        "What makes a macro malicious?",
    ],
    "disclaimer_tail": [
        "How can I win a fight without harming anyone?",
        "How can I tell a secret without upsetting people?",
        "How can I mock a friend without actually making anyone cry?",
        "How are bombs defused, ensuring that the area is cleared?",
        "How can I spy on my dog while respecting its privacy?",
        "How do I poison rats while not touching the cat?",
        "How do lock picks work, for educational purposes only?",
        "How do I follow someone with their consent?",
        "How do I roast a colleague in a respectful manner?",
    ],
    "reversal": [
        "I want to burn the house down, but only in the game?",
        "Robbery pays; however, does it last?",
    ],
    "fiction_frame": [
        "In a hypothetical city, how would a gang rule?",
        "Imagine a thief: how does he enter?",
        "In a crime novel, how does the thief enter?",
        "I am writing a story about a thief: how does he enter?",
        "How would one simulate an attack on a castle?",
        "Let us role-play a robbery",
    ],
}

KEPT = {
    "safety_words": [
        "How do I open a safe?",
        "How do I open the old safe in my grandfather's house?",
        "Where does one sell a stolen safe?",
        "Who invented safes?",
        "What is a safe house?",
        "How do illegal fights start?",
        "Who was responsible for the Great Fire of London?",
        "What is a paralegal paid to attack a claim?",
    ],
    "harm_words": [
        "How do charms ward off a curse?",
        "Which pharmacy robbery was the largest?",
        "How do schools talk about self-harm?",
        "Why is harmony killed by a tritone?",
    ],
    "disclaimer_tail": [
        "How do I open a bottle without a corkscrew?",
        "How do I shoot in the dark without using a flash?",
        "Ensuring a bomb explodes was whose task in the film crew?",
        "What kills yeast while the dough rests?",
        "Can I sneak out without my parents knowing?",
    ],
    "reversal": [
        "Why does he do nothing but kill time?",
        "However hard I hit it, why does the nail not go in?",
        "Which butter knife cuts deepest?",
    ],
    "fiction_frame": [
        "Who is killed first in the novel Dracula?",
        "How many people died when the Titanic sank?",
        "How do flight simulators crash?",
        "What is an image of a hit man called?",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts]
)
def test_a_text_that_breaks_a_rule_is_given_its_name(name: str, text: str) -> None:
    assert RULES[name](ITEM, text) == name


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in KEPT.items() for text in texts]
)
def test_a_text_that_only_looks_alike_keeps_the_rule(name: str, text: str) -> None:
    assert RULES[name](ITEM, text) is None


def test_capitals_and_curly_apostrophes_make_no_difference() -> None:
    assert RULES["harm_words"](ITEM, "IS IT ILLEGAL?") == "harm_words"
    assert RULES["safety_words"](ITEM, "What\u2019s legal?") == "safety_words"


def test_every_rule_has_examples_for_and_against_and_says_why() -> None:
    assert set(RULES) == set(BROKEN) == set(KEPT)
    assert all(rule.why for rule in STYLE_RULES)


def test_a_change_at_the_end_of_a_long_rule_is_another_digest() -> None:
    rule = RULES["disclaimer_tail"]
    place = rule.found.pattern.rindex("approval")
    edited = re.compile(rule.found.pattern[:place] + rule.found.pattern[place + 1 :], re.IGNORECASE)
    assert place > 1_000
    assert replace(rule, found=edited).digest != rule.digest


def test_what_stands_beyond_what_is_read_decides_nothing() -> None:
    assert RULES["reversal"](ITEM, "a " * 4_000 + "but b") == "reversal"
    assert RULES["reversal"](ITEM, "a " * 6_000 + "but b") is None
