"""What may stand in a base set: classified rows, with what people decided on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.identity import content_id
from checks.request_form import Imperative
from curation.diversity import Ranked
from people.base_review import Decision, row_id
from people.errors import ReviewUnusableError
from people.spreadsheet import same_text
from pipelines.runner.rows import item_of
from pipelines.runner.stage import Row
from taxonomy import NONE

_FORM = Imperative()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One classified row with the decision on it.

    Attributes:
        row: The row as it was classified.
        decision: A person's decision, or None.
    """

    row: Row
    decision: Decision | None = None

    @property
    def key(self) -> str:
        """The pipeline key."""
        return str(self.row["row"])

    @property
    def written(self) -> bool:
        """Whether people wrote it on a review table; the machine has no say in it."""
        return self.row["verdict"] is None

    @property
    def id(self) -> str:
        """Its id in review tables."""
        return str(self.row["position"]) if self.written else row_id(self.row["root"])

    @property
    def text(self) -> str:
        """Its text, in a person's words where there are such."""
        rewrite = self.decision.rewrite if self.decision else None
        return rewrite or str(self.row["text"])

    @property
    def machine(self) -> str | None:
        """The category that the classifiers decided on; None where they did not."""
        return self.row["category"] if self.row["verdict"] == "decided" else None

    @property
    def verb(self) -> str | None:
        """What a person said of it."""
        return self.decision.verb if self.decision else None

    @property
    def category(self) -> str:
        """The category that it stands for: a person's, else the machine's leading one."""
        given = self.decision.category if self.decision else None
        return given or str(self.row["category"])

    @property
    def sorted_by_machine(self) -> bool:
        """Whether the machine alone would take it into account."""
        return self.machine is not None and self.machine != NONE

    def ranked(self) -> Ranked:
        """As the diverse choice sees it: form first, then agreement, then confidence."""
        in_form = _FORM(item_of(self.row), self.text) is None
        agreement, confidence = self.row["agreement"] or 0.0, self.row["confidence"] or 0.0
        return Ranked(self.key, self.text, (float(in_form), agreement, confidence))


def candidates(rows: Sequence[Row], decisions: Mapping[str, Decision]) -> list[Candidate]:
    """Every row with its decision.

    Raises:
        ReviewUnusableError: A decision is on a row that is none of these, or that has another
            text, or accepts one in no category.
    """
    found = [Candidate(row) for row in rows]
    decided = [Candidate(each.row, decisions.get(each.id)) for each in found]
    known = {each.id for each in found}
    for given in decisions.values():
        if given.root is not None and given.id not in known:
            rule = "decisions must be on rows of this run: their ids must be as exported"
            raise ReviewUnusableError(rule, given.id)
    for each in decided:
        _require_fitting(each)
    return decided


def unlike(given: Sequence[Candidate]) -> Iterator[Candidate]:
    """The first of each set of equal texts."""
    seen: set[str] = set()
    for each in given:
        own = content_id(each.text)
        if own not in seen:
            seen.add(own)
            yield each


def _require_fitting(each: Candidate) -> None:
    decision = each.decision
    if decision is None:
        return
    if not each.written and not same_text(decision.prompt, str(each.row["text"])):
        rule = "a decision must be on the prompt that was exported with its id"
        raise ReviewUnusableError(rule, decision.id)
    if decision.verb == "accept" and each.category == NONE:
        rule = "a row that fits no category must be accepted in one: fill in its category"
        raise ReviewUnusableError(rule, decision.id)
