"""How large the stages of an evaluation are, for a plan: rows, and the calls that they make."""

from dataclasses import dataclass
from functools import cached_property

from evaluation.data_sets import read_data
from generators.mutations.styles import GROUPS
from pipelines.recipe.evaluate import Evaluate
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.judges import Judge
from pipelines.recipe.names import taxonomy_of
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


class EvaluationSize:
    """What each group of stages comes to; data sets are read when a plan is made.

    Args:
        recipe: What is evaluated.
    """

    def __init__(self, recipe: Evaluation) -> None:
        """Reads nothing yet."""
        self._recipe = recipe

    @property
    def _part(self) -> Evaluate:
        return self._recipe.evaluate

    @cached_property
    def _sizes(self) -> dict[str, _Size]:
        return {name: _size(self._recipe, name) for name in self._part.data}

    @property
    def _rows(self) -> int | None:
        """Prompts of all data sets."""
        counts = [each.rows for each in self._sizes.values()]
        known = [each for each in counts if each is not None]
        return sum(known) if len(known) == len(counts) else None

    @property
    def _of_each_target(self) -> int | None:
        return None if self._rows is None else self._rows * len(self._part.settings)

    @property
    def _all_answers(self) -> int | None:
        each = self._of_each_target
        return None if each is None else each * len(self._part.members)

    def prompts(self) -> Expected:
        """The data sets."""
        parts = tuple(Part(name, each.rows) for name, each in self._sizes.items())
        unknown = [name for name, each in self._sizes.items() if each.rows is None]
        notes = tuple(f"{name}: its rows are not known before it is fetched" for name in unknown)
        return Expected(self._rows, notes=notes, parts=parts)

    def answers(self) -> Expected:
        """One call for each row, target and setting."""
        known = [each for each in self._sizes.values() if each.rows]
        rows = sum(each.rows or 0 for each in known)
        mean = round(sum((each.rows or 0) * each.prompt for each in known) / rows) if rows else 0
        settings = self._part.settings.values()
        longest = max(each.max_tokens for each in settings)
        system = max(tokens(each.system or "") for each in settings)
        usual = answer_call()
        size = CallSize((mean or usual.input) + system, usual.output)
        asked = (
            Calls(each.model, self._of_each_target, size, longest) for each in self._part.members
        )
        return Expected(self._all_answers, tuple(asked))

    def decoded(self) -> Expected | None:
        """One call for each answer to a prompt in another language; None where none is coded."""
        if not any(each.coded for each in self._sizes.values()):
            return None
        foreign = sum(each.foreign for each in self._sizes.values())
        count = foreign * len(self._part.members) * len(self._part.settings)
        if not count:
            return Expected(self._all_answers)
        if self._part.translator is None:
            note = "no translator: answers to prompts in other languages will not be judged"
            return Expected(count, notes=(note,))
        size = answer_call()
        own = Calls(self._part.translator, count, CallSize(size.output, size.output))
        return Expected(count, (own,))

    def judged(self, judge: Judge) -> Expected:
        """One call for each answer and model of a judge; rules and trained judges ask no model."""
        answers = self._all_answers
        taxonomy = taxonomy_of(self._recipe)
        return Expected(answers, tuple(judge_calls(self._recipe, taxonomy, judge, answers)))


def _size(recipe: Evaluation, name: str) -> _Size:
    if is_hub_name(recipe.evaluate.data[name].source):
        return _Size(None, answer_call().input, 0)
    rows = read_data(recipe, name).rows
    texts = [tokens(row["text"]) for row in rows]
    foreign = sum(GROUPS.get(row["style"]) == "language" for row in rows)
    coded = any(row["style"] in CODED for row in rows)
    return _Size(len(rows), round(sum(texts) / len(texts)), foreign, coded)
