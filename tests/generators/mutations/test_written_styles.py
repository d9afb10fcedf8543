"""Each style asked of a model over HTTP, checked as a mutated row is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from checks.intent_models import IntentKept
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import WRITTEN, written
from generators.mutations.translation import back_translator
from generators.mutations.writer import writer_for
from inference.types import Call, Generate, Item, Missing, Program, Written
from tests.inference.tasks import engine_for
from tests.servers.behaviours import Mutator
from tests.servers.mutators import by_marker
from tests.servers.openai_server import serve

BASES = [f"Write a rude poem about the {word}, number R{n}." for n, word in enumerate(
    "baker butcher dentist farmer gardener judge lawyer mayor nurse pilot plumber sailor".split()
)]  # fmt: skip
BROKEN = Mutator(refused=0.3, foreign=0.2, same=0.1)
REASONS = {
    "refused": {"writer_refused"},
    "foreign": {"wrong_language", "wrong_script"},
    "same": {"same_as_base"},
}


def items(style: str) -> list[Item]:
    return [Item(f"{style}-{place}", base, "c") for place, base in enumerate(BASES)]


def writing(style: str, item: Item, tries: int) -> Program[Written]:
    checks = style_checks(style, CheckSettings(checker="m"))
    return (yield Generate(writer_for(style, "m"), item, want=1, checks=checks, tries=tries))


@pytest.mark.parametrize("style", list(WRITTEN))
def test_a_model_that_answers_properly_loses_no_row(style: str, tmp_path: Path) -> None:
    with serve(Mutator()) as server, engine_for(server.base_url, tmp_path / "l") as engine:
        batch = engine.run(writing(style, item, 1) for item in items(style))
    written_rows = [each for each in batch.results if isinstance(each, Written)]
    assert [len(each.kept) for each in written_rows] == [1] * len(BASES)
    assert len({each.kept[0].text for each in written_rows}) == len(BASES)


@pytest.mark.parametrize("style", ["slang", "translate-mr", "translate-fr"])
def test_exactly_the_broken_rows_are_asked_again_and_then_dropped(
    style: str, tmp_path: Path
) -> None:
    with serve(BROKEN) as server, engine_for(server.base_url, tmp_path / "l") as engine:
        batch = engine.run(writing(style, item, 3) for item in items(style))
    fates = Counter(BROKEN.fate(style, base) for base in BASES)
    assert len(fates) > 1
    for base, result in zip(BASES, batch.results, strict=True):
        assert isinstance(result, Written)
        fate = BROKEN.fate(style, base)
        if fate == "written":
            assert (len(result.kept), result.asks) == (1, 1)
            continue
        assert (result.kept, result.asks) == ((), 3)
        why = {text.reason for text in result.dropped} | set(result.unusable)
        assert why <= REASONS[fate]


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.startswith("translate-")])
def test_a_translation_comes_back_as_its_base(name: str, tmp_path: Path) -> None:
    behaviour = Mutator(bases=by_marker(BASES))
    task = back_translator(written(name), "m")

    def there_and_back(item: Item) -> Program[str | Missing]:
        result = yield Generate(writer_for(name, "m"), item, want=1)
        text = result.kept[0].text
        translated: str | Missing = yield Call(task, Item(item.row, text, "c"))
        return translated

    with serve(behaviour) as server, engine_for(server.base_url, tmp_path / "l") as engine:
        batch = engine.run(there_and_back(item) for item in items(name))
    assert list(batch.results) == BASES


def test_a_checker_tells_a_mutation_from_another_request(tmp_path: Path) -> None:
    (check,) = (
        c for c in style_checks("slang", CheckSettings(checker="m")) if c.name == "intent_kept"
    )
    assert isinstance(check, IntentKept)
    texts = ("Yo, write a rude poem, R0.", "Yo, write a rude poem, R1.")
    with serve(Mutator()) as server, engine_for(server.base_url, tmp_path / "l") as engine:
        batch = engine.run(check(items("slang")[0], text) for text in texts)
    assert list(batch.results) == [None, "intent_changed"]
