"""What models see that are asked for rewrites: the real requests for many seeds, counted.

    python benchmarks/rewriting.py [TABLE] [--seeds 2000]

Seeds are those of a table with the columns `prompt` and `category`, or the shipped ones, and are
asked about again, as other rows, until there are so many. Printed are the share of its category's
calls that the most-shown pair is in, how often each wording, level and form stands in them, the
lengths of what is shown, and of copies that are planted the share that is caught. Nobody is asked.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles

from artifacts.user_tables import read_user_table
from checks.identity import root_key
from checks.shown import ShownCopy, Shows
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.rewriter import WORDINGS, JsonRewriter, bank_for, load_wordings
from inference.types import Item
from taxonomy import load_taxonomy, shipped_seeds

MOST = 0.25
"""No pair may be in a larger share of its category's calls."""

_EDITION = "2026.11.0"
_PLANTED = 40  # seeds of each category


@dataclass
class Seen:
    """What many requests show and ask for.

    Attributes:
        calls: Requests by category.
        pairs: How often each pair is shown, by category.
        wordings: How often each wording is used.
        levels: Pairs shown by level, and texts asked for by level.
        forms: The same by form.
        prompts: The prompts of all pairs that were shown, as often as they were.
        tokens: Characters of each request.
    """

    calls: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wordings: Counter[str] = field(default_factory=Counter)
    levels: tuple[Counter[int], Counter[int]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    forms: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    prompts: list[str] = field(default_factory=list)
    characters: list[int] = field(default_factory=list)

    def add(self, task: JsonRewriter, item: Item) -> None:
        """Counts one request; what it is said to show must stand in it."""
        text = "\n".join(message.content for message in task.request(item, 0).messages)
        names = dict(zip((each.digest for each in task.wordings), WORDINGS, strict=True))
        self.calls[item.category] += 1
        self.characters.append(len(text))
        self.wordings[names[task.wording(item).digest]] += 1
        for pair in task.pairs(item):
            assert pair.prompt in text
            assert pair.seed in text
            self.pairs[item.category][pair.prompt] += 1
            self.levels[0][pair.level] += 1
            self.forms[0][pair.form] += 1
            self.prompts.append(pair.prompt)
        for rung in task.ladder(item):
            self.levels[1][rung.level] += 1
            self.forms[1][rung.form] += 1

    def most_shown(self) -> dict[str, float]:
        """By category: the share of its calls that the most-shown pair is in."""
        return {name: max(each.values()) / self.calls[name] for name, each in self.pairs.items()}


def rewriter() -> JsonRewriter:
    """The task as a recipe has it that says nothing of it."""
    taxonomy, wordings = load_taxonomy("or_bench"), load_wordings()
    return JsonRewriter(
        "writer", taxonomy, wordings, bank_for(wordings, taxonomy), edition=_EDITION
    )


def items(seeds: Sequence[tuple[str, str]], wanted: int) -> Iterator[Item]:
    """So many rows: seeds, text and category, one after the other and then again."""
    for number, (text, category) in enumerate(islice(cycle(seeds), wanted)):
        yield Item(root_key("benchmark", number), text, category)


def seen_by(task: JsonRewriter, rows: Sequence[Item]) -> Seen:
    """What the requests for rows show and ask for."""
    seen = Seen()
    for item in rows:
        seen.add(task, item)
    return seen


def planted(task: Shows, texts: Mapping[str, Sequence[str]], rows: Sequence[Item]) -> Counter[str]:
    """Copies that are planted and caught: `exact`, `loud`, `one word`, and how many of each.

    Args:
        task: Who shows texts.
        texts: The examples that a row was shown, by the row.
        rows: The rows.
    """
    check, found = ShownCopy(task), Counter[str]()
    for item in rows:
        for text in texts[item.row]:
            words = text.split()
            another = [*words[:1], "somewhere", *words[2:]]
            copies = {"exact": text, "loud": f'"{text.upper()}" '}
            # Of ten words one is a tenth: whoever changes it has not copied word for word.
            copies |= {"one word": " ".join(another)} if len(words) > 11 else {}
            for kind, copy in copies.items():
                found[kind] += 1
                found[f"{kind} caught"] += check(item, copy) == "example_copy"
    return found


def report(rows: Sequence[Item]) -> Iterator[str]:
    """The lines to print."""
    task = rewriter()
    seen = seen_by(task, rows)
    yield f"{len(rows):,} requests, {sum(seen.characters) / len(rows):,.0f} characters each"
    for name, share in sorted(seen.most_shown().items()):
        yield f"{name}: {seen.calls[name]} calls, the most-shown pair is in {share:.1%} of them"
    yield f"wordings: {_counts(seen.wordings)}"
    for kind, (shown, asked) in (("levels", seen.levels), ("forms", seen.forms)):
        yield f"{kind} shown: {_counts(shown)}; asked for: {_counts(asked)}"
    for what, sizes in (
        ("characters", [len(text) for text in seen.prompts]),
        ("words", [len(text.split()) for text in seen.prompts]),
    ):
        cuts = quantiles(sizes, n=20)
        low, middle, high = cuts[0], cuts[9], cuts[18]
        yield f"{what} of shown prompts: 5 % {low:.0f}, median {middle:.0f}, 95 % {high:.0f}"
    few = rows[: _PLANTED * len(seen.calls)]
    pairs = {
        item.row: [text for pair in task.pairs(item) for text in (pair.seed, pair.prompt)]
        for item in few
    }
    yield f"planted, form json: {_caught(planted(task, pairs, few))}"
    small = ContinuedRewriter("writer", load_examples(load_taxonomy("or_bench")), edition=_EDITION)
    lists = {item.row: small.shown_with(item) for item in few}
    yield f"planted, form list: {_caught(planted(small, lists, few))}"


def _counts(counted: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counted.items(), key=str))


def _caught(found: Mapping[str, int]) -> str:
    kinds = [kind for kind in found if not kind.endswith(" caught")]
    return ", ".join(f"{kind} {found[f'{kind} caught']:,} of {found[kind]:,}" for kind in kinds)


def main() -> None:
    """Prints them; exits with 1 where a pair is shown too often or a copy is not caught."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--seeds", type=int, default=2_000)
    given = parser.parse_args()
    if given.table is None:
        seeds = [(seed.text, seed.category) for seed in shipped_seeds("or_bench")]
    else:
        table = read_user_table(given.table)
        seeds = [*zip(table["prompt"], table["category"], strict=True)]
    for line in report([*items(seeds, given.seeds)]):
        print(line)


if __name__ == "__main__":
    main()
