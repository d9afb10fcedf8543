"""Which labelled answers train a judge and which ones test it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.judge_score_facts import SplitFacts
from base.did_you_mean import did_you_mean
from curation.quota import shuffle_key
from people.labelled import Labelled, LabelledSet
from pipelines.errors import RecipeError, SourceError
from pipelines.sources.human_ratings import read_ratings

SEED = 7
AUTHORS = (6, 16)
"""SORRY-Bench sets 6 of the 16 answers to a prompt aside for training: 3 of the 8 to the base
prompt, 3 of the 8 to its mutations. Any number of answers is shared in that ratio."""

_FILES = ("train.jsonl", "test.jsonl")
_SEEDED = re.compile(r"seed(?::(\d+))?(?::(0?\.\d+))?")
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Split:
    """Labelled answers in two.

    Attributes:
        rule: How they were shared, in words.
        train: Those for training.
        test: Those for testing: the ones that are scored.
    """

    rule: str
    train: tuple[Labelled, ...]
    test: tuple[Labelled, ...]

    @property
    def facts(self) -> SplitFacts:
        """Its rule and sizes."""
        return SplitFacts(rule=self.rule, train=len(self.train), test=len(self.test))


def split(labelled: LabelledSet, given: str, beside: Path | None = None) -> Split:
    """Shares labelled answers out by a rule.

    `authors` goes by the files `train.jsonl` and `test.jsonl` beside the ratings where they are
    there, else by the authors' numbers with a seed. `seed:SEED:SHARE` tests on that share of the
    base prompts, so that no prompt is on both sides. `model` trains nobody: each model's answers
    are a test of their own; `model:NAME` tests on one model's answers.

    Args:
        labelled: The answers.
        given: `authors`, `seed`, `seed:7`, `seed:7:0.4`, `model` or `model:NAME`.
        beside: The folder that the authors' files may lie in.

    Raises:
        RecipeError: There is no such rule or model, or nothing is left to test on.
        SourceError: One of the authors' files is missing or malformed, or they do not fit.
    """
    found = _found(labelled, given, beside)
    if not found.test:
        raise RecipeError("a split must leave answers to test on", given)
    return found


def _found(labelled: LabelledSet, given: str, beside: Path | None) -> Split:
    if given == "authors":
        files = [beside / name for name in _FILES] if beside is not None else []
        if any(path.exists() for path in files):
            return _by_files(labelled, files[0], files[1])
        chosen = _trained(labelled.rows)
        rule = f"the authors' {AUTHORS[0]} of {AUTHORS[1]} answers a prompt, by seed {SEED}"
        return _parted(labelled.rows, rule, lambda row: row.place not in chosen)
    if seeded := _SEEDED.fullmatch(given):
        seed, share = int(seeded[1] or SEED), float(seeded[2] or _SHARE)
        return _by_prompts(labelled.rows, seed, share)
    if given == "model":
        return Split("each model's answers by themselves", (), labelled.rows)
    if given.startswith("model:"):
        return _by_model(labelled, given.removeprefix("model:"))
    rule = "--split must be authors, seed:SEED:SHARE, model or model:NAME"
    raise RecipeError(rule, given)


def _parted(rows: Sequence[Labelled], rule: str, tests: Callable[[Labelled], bool]) -> Split:
    test = tuple(row for row in rows if tests(row))
    chosen = {row.place for row in test}
    return Split(rule, tuple(row for row in rows if row.place not in chosen), test)


def _by_prompts(rows: Sequence[Labelled], seed: int, share: float) -> Split:
    clusters = sorted({row.cluster for row in rows}, key=lambda each: shuffle_key(seed, each))
    tested = set(clusters[: round(share * len(clusters))])
    rule = f"{share:g} of the base prompts, by seed {seed}"
    return _parted(rows, rule, lambda row: row.cluster in tested)


def _by_model(labelled: LabelledSet, name: str) -> Split:
    if name not in labelled.models:
        hint = did_you_mean(name, labelled.models)
        raise RecipeError(f"--split model:NAME must name a model of the table{hint}", name)
    return _parted(labelled.rows, f"the answers of {name}", lambda row: row.model == name)


def _trained(rows: Sequence[Labelled]) -> set[int]:
    """Places of the answers that train, by the authors' numbers: base and mutated ones apart."""
    groups: dict[tuple[str, bool], list[Labelled]] = {}
    for row in rows:
        groups.setdefault((row.cluster, row.is_base), []).append(row)
    train, of = AUTHORS
    chosen: set[int] = set()
    for group in groups.values():
        group.sort(
            key=lambda row: shuffle_key(SEED, f"{row.cluster}:{row.style}:{row.model}:{row.place}")
        )
        chosen.update(row.place for row in group[: round(len(group) * train / of)])
    return chosen


def _by_files(labelled: LabelledSet, train: Path, test: Path) -> Split:
    """By the ratings that the two files hold; an answer in neither is in neither part."""
    keys = [
        {_key(each.question_id, each.style, each.model) for each in read_ratings(path)}
        for path in (train, test)
    ]
    if both := keys[0] & keys[1]:
        question, style, model = min(both)
        rule = "an answer must be in train.jsonl or in test.jsonl"
        raise SourceError(rule, f"{question} {style} of {model} in both")
    parts = [tuple(row for row in labelled.rows if _key_of(row) in part) for part in keys]
    rule = "the authors' files train.jsonl and test.jsonl"
    if strays := len(labelled.rows) - len(parts[0]) - len(parts[1]):
        rule += f"; {strays} answers in neither"
    return Split(rule, parts[0], parts[1])


def _key(question: int, style: str, model: str) -> tuple[int, str, str]:
    return question, style, model


def _key_of(row: Labelled) -> tuple[int, str, str]:
    return _key(row.question_id or 0, row.style or "", row.model)
