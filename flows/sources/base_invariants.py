"""What holds of every base set: ids that are unique and fit their category, full categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flows.errors import SourceError
from flows.sources.question_ids import number_in, number_of, width_for
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Request:
    """One row of a base set as its file has it.

    Attributes:
        place: Its number in the file, from 1.
        text: The request.
        category: The category's name.
        question_id: Its published id, or None where the file has none.
    """

    place: int
    text: str
    category: str
    question_id: int | None


def require_invariants(
    requests: Sequence[Request], taxonomy: Taxonomy, name: str, per_category: int | None
) -> int:
    """Refuses what is no base set; gives the number of ids that each category has.

    Args:
        requests: All of them.
        taxonomy: Whose categories they have.
        name: What errors call the file.
        per_category: Requests that each category must have. Without it, as many in each where
            rows have ids, and any number elsewhere.

    Raises:
        SourceError: An id stands twice or lies outside its category's, or a category has too few
            requests, or too many; the first one is named, and how many others there are.
    """
    counts = Counter(request.category for request in requests)
    published = any(request.question_id is not None for request in requests)
    width = width_for(max(per_category or 0, *counts.values()))
    _refuse(_doubled(requests), "question_id must be unique", name)
    wanted = per_category
    if wanted is None and published:
        wanted = counts.most_common(1)[0][1]
    if wanted is not None:
        wrong = [f"{counts[each]} in {each}" for each in taxonomy.names if counts[each] != wanted]
        _refuse(wrong, f"each category must have {wanted} requests", name)
    if published:
        _refuse(
            _strays(requests, taxonomy, width),
            f"question_id must be one of its category's {width}",
            name,
        )
    return width


def _doubled(requests: Sequence[Request]) -> list[str]:
    ids = Counter(each.question_id for each in requests if each.question_id is not None)
    return [f"{question} {count} times" for question, count in ids.items() if count > 1]


def _strays(requests: Sequence[Request], taxonomy: Taxonomy, width: int) -> list[str]:
    return [
        f"{each.question_id} in {each.category}"
        for each in requests
        if each.question_id is not None
        and number_in(each.question_id, width) != number_of(taxonomy, each.category)
    ]


def _refuse(wrong: Sequence[str], rule: str, name: str) -> None:
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise SourceError(rule, f"{wrong[0]}{more}, {name}")
