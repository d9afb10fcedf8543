"""What each stage of an evaluation comes to, for a plan: rows, and the calls that it makes."""

from dataclasses import dataclass
from functools import cached_property

from evaluation.data_files import is_unbuilt
from evaluation.data_sets import judged_by_phrases, read_data
from generators.mutations.styles import GROUPS
from pipelines.recipe.evaluate import Evaluate
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.judges import Judge, called
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.panel import Target
from pipelines.recipe.schema import Evaluation
from pipelines.runner.expected import Calls, CallSize, Expected, Part
from pipelines.stages.calls import judge_calls
from pipelines.stages.decoding import CODED
from pipelines.stages.sizes import answer_call, tokens


@dataclass(frozen=True, slots=True)
class _Size:
    """One data set: rows, mean tokens of a prompt, rows in another language, any coded."""

    rows: int | None
    prompt: int
    foreign: int
    coded: bool = False
    warning: str | None = None


class EvaluationSize:
    """What each stage comes to; data sets are read when a plan is made.

    Args:
        recipe: What is evaluated.
    """

    def __init__(self, recipe: Evaluation) -> None:
        """Reads nothing yet."""
        self._recipe = recipe
        self._judging: dict[str, tuple[Calls, ...]] = {}

    @property
    def _part(self) -> Evaluate:
        return self._recipe.evaluate

    @cached_property
    def _sizes(self) -> dict[str, _Size]:
        return {name: _size(self._recipe, name) for name in self._part.data}

    def prompts(self, data: str) -> Expected:
        """The prompts of a data set."""
        part, size = self._part.data[data], self._sizes[data]
        rows, unknown = size.rows, None
        if is_unbuilt(self._recipe, part):
            unknown = f"{data}: {part.source} is not there yet: build it first"
        elif rows is None:
            unknown = f"{data}: its rows are not known before it is fetched"
        notes = tuple(filter(None, (unknown, size.warning)))
        return Expected(rows, notes=notes, parts=(Part(data, rows),))

    def answers(self, target: Target, rows: int | None) -> Expected:
        """One call for each row of a data set."""
        size, longest = self._answer_call
        return Expected(rows, (Calls(target.model, rows, size, longest),))

    @cached_property
    def _answer_call(self) -> tuple[CallSize, int]:
        """A prompt of mean length after the longest system prompt, and the longest answer."""
        known = [each for each in self._sizes.values() if each.rows]
        rows = sum(each.rows or 0 for each in known)
        mean = round(sum((each.rows or 0) * each.prompt for each in known) / rows) if rows else 0
        settings = self._part.settings.values()
        system = max(tokens(each.system or "") for each in settings)
        usual = answer_call()
        size = CallSize((mean or usual.input) + system, usual.output)
        return size, max(each.max_tokens for each in settings)

    def is_coded(self, data: str) -> bool:
        """Whether any prompt of a data set is known to be in an encoding or another language."""
        return self._sizes[data].coded

    def decoded(self, data: str, rows: int | None) -> Expected:
        """One call for each answer to a prompt in another language; programs decode the others."""
        foreign = self._sizes[data].foreign
        if not foreign:
            return Expected(rows)
        if self._part.translator is None:
            note = "no translator: answers to prompts in other languages will not be judged"
            return Expected(foreign, notes=(note,), onward=rows)
        size = answer_call()
        call = Calls(self._part.translator, foreign, CallSize(size.output, size.output))
        return Expected(foreign, (call,), onward=rows)

    def judged(self, judge: Judge, rows: int | None) -> Expected:
        """One call for each answer and model of a judge; rules and trained judges ask no model."""
        return Expected(rows, tuple(each.times(rows) for each in self._of_one_answer(judge)))

    def _of_one_answer(self, judge: Judge) -> tuple[Calls, ...]:
        """A judge's calls for an answer, the same for each target and setting."""
        name = called(judge)
        if name not in self._judging:
            taxonomy = taxonomy_of(self._recipe)
            self._judging[name] = tuple(judge_calls(self._recipe, taxonomy, judge, 1))
        return self._judging[name]


def _size(recipe: Evaluation, name: str) -> _Size:
    part = recipe.evaluate.data[name]
    if is_hub_name(part.source):
        return _Size(None, answer_call().input, 0)
    if is_unbuilt(recipe, part):
        return _Size(part.sample, answer_call().input, 0)
    found = read_data(recipe, name)
    rows, warning = found.rows, judged_by_phrases(recipe, name, found.facts.measure)
    texts = [tokens(row["text"]) for row in rows]
    foreign = sum(GROUPS.get(row["style"]) == "language" for row in rows)
    coded = any(row["style"] in CODED for row in rows)
    return _Size(len(rows), round(sum(texts) / len(texts)), foreign, coded, warning)
