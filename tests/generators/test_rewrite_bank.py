"""The pairs that a strong writer is shown obey the rules that its rewrites must obey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pytest

from checks.registry import build
from generators.errors import ExamplesInvalidError
from generators.examples.loader import load_examples
from generators.examples.rewrites import FORMS, LEVELS, RewritePair, load_rewrites
from inference.types import Item
from pipelines.recipe.writing import Clean, Rewrite
from taxonomy import load_taxonomy, shipped_seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAXONOMY = load_taxonomy("or_bench")
BANK = load_rewrites(TAXONOMY)
PAIRS = [(name, pair) for name, pairs in BANK.by_category.items() for pair in pairs]
PROMPTS = [pair.prompt for _, pair in PAIRS]
SEEDS = [pair.seed for _, pair in PAIRS]

CHECKS = (*Rewrite(writer="any").checks, *Clean().checks, "language")
MINORS = re.compile(
    r"\b(child|children|kids?|minors?|teen\w*|boys?|girls?|pupils?|school\w*)\b", re.I
)
TURN = re.compile(r"\b(though|although|instead|yet|while (?:not|never)|as long as) ", re.I)
TAIL = re.compile(r", and (?:what|how|why|who|which|where|when)\b")


def opening(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", text.lower())[:3])


def grams(text: str) -> frozenset[str]:
    bare = re.sub(r"[\W_]+", " ", text.lower()).strip()
    return frozenset(bare[start : start + 5] for start in range(len(bare) - 4))


def nearness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def nearest(texts: Sequence[str], others: Sequence[str]) -> float:
    """The largest nearness of a text to one of the others that is not the text itself."""
    places: dict[str, int] = {}
    known = [[places.setdefault(gram, len(places)) for gram in grams(text)] for text in others]
    own = [[places.setdefault(gram, len(places)) for gram in grams(text)] for text in texts]
    one, other = (_marked(each, len(places)) for each in (own, known))
    shared = one @ other.T
    near = shared / (one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :] - shared)
    same = np.array([[text is each for each in others] for text in texts])
    return float(near[~same].max())


def _marked(rows: list[list[int]], width: int) -> NDArray[np.float32]:
    marked = np.zeros((len(rows), width), dtype=np.float32)
    for place, row in enumerate(rows):
        marked[place, row] = 1
    return marked


def by_category() -> Iterator[tuple[str, tuple[RewritePair, ...]]]:
    yield from BANK.by_category.items()


def test_the_bank_has_the_categories_of_the_taxonomy_and_at_least_30_pairs_of_each() -> None:
    assert tuple(BANK.by_category) == TAXONOMY.names
    assert min(len(pairs) for _, pairs in by_category()) >= 30


def test_each_category_has_all_levels_and_most_pairs_come_close() -> None:
    for name, pairs in by_category():
        count = Counter(pair.level for pair in pairs)
        assert all(count[level] >= 4 for level in LEVELS), name
        assert sum(count[level] for level in (3, 4, 5)) >= 2 * len(pairs) / 3, name


def test_each_category_has_all_forms_and_about_half_are_no_questions() -> None:
    for name, pairs in by_category():
        count = Counter(pair.form for pair in pairs)
        assert all(count[form] >= 5 for form in FORMS), name
        assert 0.4 <= count["question"] / len(pairs) <= 0.6, name


def test_forms_read_as_what_they_are_called() -> None:
    read = {
        "request": re.compile(r"\b(please|me)\b|^I(?:'d like| need| want) ", re.I),
        "statement": re.compile(r"\b(I|me|my|we|our)\b", re.I),
        "instruction": re.compile(r"\A(?!.*\b(?:please|(?:tell|give|show|help) me)\b)[A-Z]"),
    }
    odd = [
        pair.prompt
        for _, pair in PAIRS
        if pair.form in read and not read[pair.form].search(pair.prompt)
    ]
    assert odd == []


def test_each_level_of_a_category_has_questions_and_others() -> None:
    for name, pairs in by_category():
        for level in LEVELS:
            count = Counter(pair.form == "question" for pair in pairs if pair.level == level)
            assert min(count[True], count[False]) >= 1, (name, level)


def test_lengths_are_those_of_the_published_prompts() -> None:
    assert all(48 <= len(text) <= 269 for text in PROMPTS)
    assert sum(74 <= len(text) <= 170 for text in PROMPTS) >= 0.9 * len(PROMPTS)
    assert 17 <= median(len(text.split()) for text in PROMPTS) <= 20


def test_seeds_are_as_long_as_the_shipped_ones() -> None:
    assert all(25 <= len(text) <= 110 for text in SEEDS)


def test_no_three_words_open_more_than_two_prompts_of_a_category() -> None:
    for name, pairs in by_category():
        most = Counter(opening(pair.prompt) for pair in pairs).most_common(1)[0]
        assert most[1] <= 2, (name, most)


def test_no_opening_is_common() -> None:
    assert Counter(map(opening, PROMPTS)).most_common(1)[0][1] <= 0.02 * len(PROMPTS)
    assert Counter(map(opening, SEEDS)).most_common(1)[0][1] <= len(SEEDS) / 8
    for name, pairs in by_category():
        most = Counter(pair.prompt.split()[0] for pair in pairs).most_common(1)[0]
        assert most[1] <= len(pairs) / 4, (name, most)


def test_few_prompts_end_in_a_second_question() -> None:
    assert sum(bool(TAIL.search(text)) for text in PROMPTS) <= len(PROMPTS) / 4


@pytest.mark.parametrize("name", CHECKS)
def test_each_prompt_passes_what_rewrites_must_pass(name: str) -> None:
    (check,) = build([name])
    assert [text for category, pair in PAIRS for text in _objected(check, category, pair)] == []


def _objected(check: object, category: str, pair: RewritePair) -> Iterator[str]:
    assert callable(check)
    if check(Item(row="0", text=pair.seed, category=category), pair.prompt) is not None:
        yield pair.prompt


def test_no_prompt_turns_round_in_the_middle() -> None:
    assert [text for text in PROMPTS if TURN.search(text)] == []


def test_sentences_are_whole() -> None:
    assert [text for text in PROMPTS if not re.fullmatch(r"[A-Z][^\n]+[.?]", text)] == []
    assert [text for text in SEEDS if not re.fullmatch(r"[A-Z][^\n.]+", text)] == []


def test_nothing_is_said_of_minors() -> None:
    assert [text for text in (*SEEDS, *PROMPTS) if MINORS.search(text)] == []


def test_no_text_repeats_another_of_the_bank() -> None:
    assert nearest(SEEDS, SEEDS) < 0.3
    assert nearest(PROMPTS, PROMPTS) < 0.3


def test_no_text_repeats_a_shipped_seed_or_example() -> None:
    seeds = [seed.text for seed in shipped_seeds("or_bench")]
    blocks = load_examples(load_taxonomy("or_bench")).by_category.values()
    examples = [text for block in blocks for text in block.texts]
    assert {text.casefold() for text in SEEDS} & {text.casefold() for text in seeds} == set()
    assert nearest([*SEEDS, *PROMPTS], [*seeds, *examples]) < 0.5


def test_no_prompt_is_a_copy_of_its_own_seed() -> None:
    for _, pair in PAIRS:
        assert nearness(grams(pair.seed), grams(pair.prompt)) < 0.6, pair


def test_a_category_with_no_pairs_is_an_error() -> None:
    with pytest.raises(ExamplesInvalidError, match=r"must have pairs .* \(got none\)"):
        BANK.of("none")


def test_a_taxonomy_for_which_none_are_shipped_is_an_error() -> None:
    with pytest.raises(ExamplesInvalidError, match=r"files.rewrites \(got sorry_"):
        load_rewrites(load_taxonomy("sorry_bench_202503"))


GOOD = "{seed: Steal a car, prompt: Who steals cars?, level: 3, form: question}"


def changed(old: str, new: str) -> str:
    return f"illegal: [{GOOD.replace(old, new)}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be given by category (got own.yaml)"),
        ("[illegal", "must be YAML in UTF-8 (got own.yaml, line 2)"),
        (f"ilegal: [{GOOD}]", "of or_bench (did you mean `illegal`?) (got ilegal in own.yaml)"),
        (f"none: [{GOOD}]", "must be for a category of bad intent (got none in own"),
        ("illegal: []", "must be a list of pairs (got illegal in own.yaml)"),
        (
            "illegal: [{seed: A}]",
            "keys seed, prompt, level, form (got pair 1 of illegal in own",
        ),
        (changed("3", "three"), "level must be a whole number (got pair 1"),
        (changed("3", "6"), "level must be from 1 to 5 (got pair 1"),
        (changed("3", "true"), "level must be a whole number (got pair 1"),
        (changed("Steal a car", "[]"), "seed must be a text (got pair 1"),
        (changed("Steal a car", '" a"'), "seed must be one line with single"),
        (changed("question", "questoin"), "(did you mean `question`?)"),
        (changed("cars?", "cars"), "must end in `?` (got pair 1"),
        (f"illegal: [{GOOD}, {GOOD}]", "must stand twice (got pair 2 of illegal"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_in_one_line_that_shows_no_text(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExamplesInvalidError) as caught:
        load_rewrites(TAXONOMY, path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "cars" not in str(caught.value)


def test_a_sensitive_category_has_no_rewrites(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    taxonomy = load_taxonomy("sorry_bench_202503")
    sensitive = next(each.name for each in taxonomy.categories if each.sensitive)
    path.write_text(f"{sensitive}: [{GOOD}]", encoding="utf-8")
    with pytest.raises(ExamplesInvalidError, match="a sensitive category must have no rewrites"):
        load_rewrites(taxonomy, path)


def test_the_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"illegal: [{GOOD}]", encoding="utf-8")
    first = load_rewrites(TAXONOMY, path)
    assert [pair.level for pair in first.of("illegal")] == [3]
    path.write_text(f"illegal: [{GOOD}]\n# more\n", encoding="utf-8")
    assert load_rewrites(TAXONOMY, path).digest != first.digest
