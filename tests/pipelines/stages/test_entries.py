"""Every entry of every registry says what it depends on, and no two say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pytest

from base.digests import DigestError, require_digest
from checks import registry as checks
from checks.artefacts import Leftovers
from checks.clean import Commented
from checks.decodes import Decodes
from checks.identity import Barred, SeedCopy
from checks.intent_models import IntentBand, IntentKept
from checks.language import LANGUAGES, WrittenIn
from checks.length import Growth
from checks.refusal_phrases import RefusedAbroad
from checks.request_form import Imperative, OneInstruction
from checks.respelt import Respelt
from checks.shown import CopiesDemonstration, ShownCopy
from checks.unchanged import SameAsBase
from checks.unless_in_base import UnlessInBase
from curation.contested import contested_digest
from curation.diversity import clusters_digest, diversity_digest
from curation.hard import HardRule
from curation.near import against_digest, near_digest
from curation.openers import openers_digest
from curation.quota import Draw
from curation.rows import exact_digest
from generators import TEMPLATES
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.imperative import ImperativeWriter
from generators.mutations.chats import chat_of
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.intent_checker import intent_checker
from generators.mutations.misspellings import rules_digest
from generators.mutations.style_judge import Judged, style_judge
from generators.mutations.styles import NAMES, WRITTEN
from generators.mutations.translation import back_translator
from generators.mutations.writer import writer_for
from generators.rewriter import JsonRewriter, bank_for, load_wordings
from generators.seed_writer import SeedWriter
from inference.templates import load_template
from inference.types import Item
from moderators import registry as moderators
from moderators.answers import AnswerTask
from moderators.category_votes import category_rule_digest
from moderators.classifier import Classifier
from moderators.guards.moderator import GuardJudge
from moderators.guards.registry import guards
from moderators.refusal.classifier import FORMS
from moderators.refusal.ensemble import EnsembleJudge
from moderators.refusal.llm import DESIGNS
from moderators.refusal.registry import build_judge
from moderators.refusal.types import RenamedJudge
from moderators.votes import RULES, rule_digest
from pipelines.recipe.base_set import Mutate
from taxonomy import load_taxonomy
from tests.pipelines.stages.edits import UNEDITABLE, edited

_TAXONOMY = load_taxonomy("or_bench")
REWRITER = JsonRewriter("m", _TAXONOMY, load_wordings(), bank_for(load_wordings(), _TAXONOMY))
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "drift": {"encoder": "e", "low": 0.1, "high": 0.9},
    "example": {"encoder": "e", "examples": ("text",), "limit": 0.9},
}
_UNTOLD = {("StyleRule", "why"), ("Design", "template"), ("Ascii", "limits")}
"""Fields that decide nothing: they are for people, or what they name is in the entry itself."""


def _checks() -> Iterator[tuple[str, object]]:
    for name in checks.NAMES:
        yield f"check {name}", checks.build([name], **{name: _OPTIONS.get(name, {})})[0]
    for made in (
        Barred("", {"1": "withdrawn"}), Commented(), CopiesDemonstration(("text",)),
        Growth(0.5, 2.0), Imperative(), IntentBand("e", 0.5), OneInstruction(), Respelt(),
        SameAsBase(), SeedCopy(), ShownCopy(REWRITER), UnlessInBase(Leftovers()),
        IntentKept(intent_checker("m")),
        Judged(style_judge(WRITTEN["slang"], "m")),
    ):  # fmt: skip
        yield f"check {type(made).__name__}", made
    for code in LANGUAGES:
        yield f"check written_in {code}", WrittenIn(code)
        yield f"check refused_abroad {code}", RefusedAbroad(code)
    for name, code in ENCODINGS.items():
        yield f"check decodes {name}", Decodes(EncodedStyle(code))


def _written() -> Iterator[tuple[str, object]]:
    for name, style in WRITTEN.items():
        yield f"style {name}", style
        yield f"writer of {name}", writer_for(name, "m")
        yield f"chat of {name}", chat_of(style)
        if style.group == "language":
            yield f"translator of {name}", back_translator(style, "m")
    for name, code in ENCODINGS.items():
        yield f"encoding {name}", code
        yield f"style {name}", EncodedStyle(code)
    yield "seeds", SeedWriter("m", _TAXONOMY, load_template(TEMPLATES, "seeds"))
    yield "rewrites", REWRITER
    yield "rewrites of small models", ContinuedRewriter("m", load_examples(_TAXONOMY))
    yield "imperative", ImperativeWriter("m")
    yield "intent", intent_checker("m")
    for name, style in WRITTEN.items():
        yield f"judge of {name}", style_judge(style, "m")


def _moderators() -> Iterator[tuple[str, object]]:
    known = guards(_TAXONOMY)
    parts = moderators.Parts(_TAXONOMY, "e", ("m", *known), {dialect: dialect for dialect in known})
    for name in (*moderators.OFFLINE, "m", "logprob:m", *known):
        yield f"moderator {name}", moderators.build(name, parts)
    for name, guard in known.items():
        yield f"guard {name}", guard
        yield f"judge {name}", GuardJudge("m", guard)
    yield "classifier", Classifier.of("m", _TAXONOMY)
    yield "target", AnswerTask("m", 100)
    yield "hard", HardRule(3)
    yield "draw", Draw()


def _judges() -> Iterator[tuple[str, object]]:
    keyword = build_judge("keyword")
    yield "judge keyword", keyword
    for kind in FORMS:
        yield f"judge {kind}", build_judge(kind, "m")
    for labels, design in DESIGNS:
        yield f"judge {labels} {design}", build_judge("llm", "m", labels=labels, design=design)
    yield "judge renamed", RenamedJudge("other", keyword)
    for rule in ("majority", "unanimous", "any"):
        yield f"judge by {rule}", EnsembleJudge("all", (keyword, RenamedJudge("b", keyword)), rule)


ENTRIES = {
    name: entry
    for entries in (_checks(), _written(), _moderators(), _judges())
    for name, entry in entries
}
STEPS = {
    **{f"vote rule {rule}": rule_digest(rule) for rule in RULES},
    **{f"category rule {rule}": category_rule_digest(rule) for rule in RULES},
    **{
        step.__name__: step()
        for step in (
            against_digest, clusters_digest, contested_digest, diversity_digest, exact_digest,
            near_digest, openers_digest, rules_digest,
        )
    },
}  # fmt: skip


def test_every_entry_has_a_digest_and_no_two_share_one() -> None:
    digests = {name: require_digest("entry", name, entry) for name, entry in ENTRIES.items()}
    digests |= STEPS
    by_digest: dict[str, list[str]] = {}
    for name, digest in digests.items():
        by_digest.setdefault(digest, []).append(name)
    assert [names for names in by_digest.values() if len(names) > 1] == []
    assert len(NAMES) + len(checks.NAMES) + len(moderators.OFFLINE) < len(digests)


@pytest.mark.parametrize("name", ENTRIES)
def test_a_changed_setting_of_an_entry_changes_its_digest(name: str) -> None:
    entry: Any = ENTRIES[name]
    assert is_dataclass(entry)
    for field in fields(entry):
        if (type(entry).__name__, field.name) in _UNTOLD or field.name == "limits":
            continue
        for value in _others(getattr(entry, field.name)):
            changed = _replaced(entry, field.name, value)
            if changed is not None:
                assert changed.digest != entry.digest, field.name


@pytest.mark.parametrize("name", ENTRIES)
def test_a_renamed_class_keeps_its_digest(name: str) -> None:
    entry: Any = ENTRIES[name]
    renamed = type("Renamed", (type(entry),), {"__slots__": ()})
    given = {each.name: getattr(entry, each.name) for each in fields(entry) if each.init}
    assert renamed(**given).digest == entry.digest


def _others(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any setting
    if is_dataclass(value) and hasattr(type(value), "digest") and not isinstance(value, type):
        return  # an entry of its own, whose digest is a part of this one's
    if isinstance(value, re.Pattern | str | bool | int | float) or value is None:
        yield edited(value)
    elif (other := edited(value)) is not UNEDITABLE:
        yield other


def _replaced(entry: Any, field: str, value: object) -> Any:  # noqa: ANN401 - any entry
    """The entry with another setting, or None where it cannot have that."""
    try:
        made = replace(entry, **{field: value})
        made.digest  # noqa: B018 - may not be there any more
    except (ValueError, LookupError, AttributeError, TypeError, OSError):
        return None
    except Exception as error:  # an entry's own rule, which names what may be there
        assert hasattr(error, "rule")
        return None
    return made


@dataclass(frozen=True)
class _Forgetful:
    """A check that somebody wrote without saying what it depends on."""

    name: str = "forgetful"

    def __call__(self, item: Item, text: str) -> str | None:
        return None


def test_a_check_without_a_digest_is_refused_with_the_rule_and_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(checks._MAKERS, "forgetful", _Forgetful)
    with pytest.raises(DigestError, match="a check must have a digest") as refused:
        checks.build(["leftovers", "forgetful"])
    assert refused.value.value == "forgetful: none"


def test_a_guard_and_a_style_without_a_digest_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from generators.mutations import styles
    from moderators.guards import registry as dialects

    monkeypatch.setitem(dialects._MAKERS, "forgetful", lambda taxonomy, marked: _Forgetful())
    with pytest.raises(DigestError, match="a guard must have a digest"):
        dialects.guard("forgetful", _TAXONOMY)
    monkeypatch.setitem(styles.WRITTEN, "forgetful", _Forgetful())
    with pytest.raises(DigestError, match="a style must have a digest"):
        styles.written("forgetful")


def test_the_mutations_of_a_recipe_are_those_of_the_registry() -> None:
    assert Mutate(writer="m").wanted == NAMES
