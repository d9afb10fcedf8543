"""Who does what in a new recipe: no model in two roles, and no relatives, where that can be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.drafts.catalog import Candidate, Catalog
from pipelines.errors import RecipeError

_MOST_VOTERS = 3
_MOST_TARGETS = 6
_FEWEST_TARGETS = 3


@dataclass(frozen=True, slots=True)
class Cast:
    """The models of a recipe by what they do.

    Attributes:
        writer: Writes, or None where nothing is written.
        voters: Moderate; of an evaluation the one that judges; of mutations the one that checks.
        targets: Are tested.
    """

    writer: Candidate | None
    voters: tuple[Candidate, ...]
    targets: tuple[Candidate, ...]

    @property
    def author(self) -> Candidate:
        """The writer of a recipe in which something is written.

        Raises:
            RecipeError: There is none.
        """
        if self.writer is None:
            raise RecipeError("a recipe must have a writer where something is written")
        return self.writer

    @property
    def models(self) -> tuple[Candidate, ...]:
        """Every one of them, once, in the order of a recipe."""
        writer = () if self.writer is None else (self.writer,)
        return tuple({each.name: each for each in (*writer, *self.voters, *self.targets)}.values())


def or_bench_cast(catalog: Catalog, candidates: Sequence[Candidate]) -> Cast:
    """A writer, up to three moderators of as many families, and up to six targets of others."""
    writer = _first(catalog.ranked("writer", candidates))
    rest = _without(candidates, [writer])
    voters = _voters(catalog, rest, _MOST_VOTERS)
    left = catalog.ranked("target", _without(rest, voters))
    targets = _targets(left, voters, writer)
    return Cast(writer, voters, targets or (writer,))


def sorry_bench_cast(catalog: Catalog, candidates: Sequence[Candidate]) -> Cast:
    """A writer, and where there is one a model of another family that checks it."""
    writer = _first(catalog.ranked("writer", candidates))
    others = [each for each in candidates if each.kind != writer.kind]
    return Cast(writer, tuple(catalog.ranked("moderator", others)[:1]), ())


def evaluation_cast(catalog: Catalog, candidates: Sequence[Candidate]) -> Cast:
    """Targets, and a judge of another family than theirs."""
    judges = _voters(catalog, candidates, 1)
    left = catalog.ranked("target", _without(candidates, judges))
    return Cast(None, judges, _targets(left, judges, None) or tuple(candidates[:1]))


def _first(candidates: Sequence[Candidate]) -> Candidate:
    if not candidates:
        raise RecipeError("--provider must name one that serves a model")
    return candidates[0]


def _without(candidates: Iterable[Candidate], taken: Sequence[Candidate]) -> list[Candidate]:
    names = {each.name for each in taken}
    return [each for each in candidates if each.name not in names]


def _voters(catalog: Catalog, candidates: Sequence[Candidate], most: int) -> tuple[Candidate, ...]:
    """At most half of the families vote, so that the others are left to be tested."""
    families = {each.kind for each in candidates}
    if len(candidates) < 2:
        return ()
    wanted = min(most, max(1, len(families) // 2))
    return tuple(islice(_unlike(catalog.ranked("moderator", candidates), set()), wanted))


def _unlike(candidates: Iterable[Candidate], avoided: set[str]) -> Iterator[Candidate]:
    """The first model of each family but the avoided ones."""
    seen = set(avoided)
    for each in candidates:
        if each.kind not in seen:
            seen.add(each.kind)
            yield each


def _targets(
    ranked: Sequence[Candidate], voters: Sequence[Candidate], writer: Candidate | None
) -> tuple[Candidate, ...]:
    """One model of each family that has no other role; further ones only where these are few."""
    voting = {each.kind for each in voters}
    writing = set() if writer is None else {writer.kind}
    found = list(islice(_unlike(ranked, voting | writing), _MOST_TARGETS))
    unrelated = [each for each in ranked if each.kind not in voting]
    for more in (unrelated, ranked):
        missing = max(0, _FEWEST_TARGETS - len(found))
        found += _without(more, found)[:missing]
    return tuple(found)
