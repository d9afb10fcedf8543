"""Near repeats: inside a config, across configs, against earlier releases and named benchmarks.

Every cosine that lies near the threshold is computed again, each text alone, so that no batch
decides what is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from artifacts.audit_facts import NearPair, NearRepeats, Scope
from auditing.data import TEXT, Comparison, Material, Part
from checks.drift import THRESHOLD_BAND, published
from checks.ngrams import Ngrams
from curation import characters
from curation.near import Index, Pair, Space, blocks, duplicates, embedded, rescore_borderline
from curation.rows import Candidate, Dropped
from inference.types import Program

_SHOWN = 5
"""Pairs that are named for each figure, the nearest ones."""

Key: TypeAlias = tuple[str, str]
Skip: TypeAlias = Callable[[Pair], bool]


@dataclass(slots=True)
class Places:
    """All texts of an audit in one order: references, other configs' rows, the first config's.

    An index finds pairs of a text and an earlier one, so that what is only compared against comes
    first. A text that several configs share (one id and style) has one place.

    Attributes:
        texts: The texts.
        ids: Their ids.
        families: What a row and its own mutations share; "" for what has none.
        references: The places of each comparison's texts, in the material's order.
        parts: The places of each config's rows, by its name; repeats inside it are left out.
        repeats: Rows of a config whose very text came before in it.
    """

    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    references: list[range] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=dict)
    repeats: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, material: Material) -> "Places":
        """The places of a material's texts; encoded ones have none."""
        found = cls()
        for comparison in material.against:
            start = len(found.texts)
            for each in comparison.texts:
                found._put(each.row, each.text, "")
            found.references.append(range(start, len(found.texts)))
        first, *others = material.worded or (None,)
        if first is None:
            return found
        later = _keys(first)
        known: dict[Key, int] = {}
        for part in (*others, first):
            found._add(part, known, later if part is not first else {})
        for part in material.worded:
            found.parts[part.name] = sorted(known[key] for key in _keys(part))
        return found

    def are_family(self, pair: Pair) -> bool:
        """Whether two texts are a base row and its mutation, or two mutations of one row."""
        family = self.families[pair.later]
        return bool(family) and family == self.families[pair.earlier]

    def _add(self, part: Part, known: dict[Key, int], later: Mapping[Key, None]) -> None:
        seen: set[Key] = set()
        repeats: list[str] = []
        for id, style, text, family in _columns(part):
            key = (id, style)
            if key in seen:
                repeats.append(id)
            elif key not in known and key not in later:
                known[key] = self._put(id, text, family)
            seen.add(key)
        self.repeats[part.name] = repeats

    def _put(self, id: str, text: str, family: str) -> int:
        self.texts.append(text)
        self.ids.append(id)
        self.families.append(family)
        return len(self.texts) - 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Near repeats of all kinds, and the vectors that they were found with."""

    near: tuple[NearRepeats, ...]
    places: Places
    space: Space | None


def near_repeats(material: Material) -> Program[Measured]:
    """Finds near repeats of every kind; asks for each text's vector once.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    places = Places.of(material)
    if not places.parts:
        return Measured((), places, None)
    if material.settings.ngrams is not None:
        return Measured(
            tuple(_by_characters(material, places, material.settings.ngrams)), places, None
        )
    space = yield from embedded(material.settings.encoder, places.texts)
    found: list[NearRepeats] = []
    for part in material.worded:
        found.append((yield from _inside(material, part, places, space)))
    found.extend((yield from _across(material, places, space)))
    for comparison, reference in zip(material.against, places.references, strict=True):
        found.extend((yield from _against(material, comparison, reference, places, space)))
    return Measured(tuple(found), places, space)


def _by_characters(material: Material, places: Places, ngrams: Ngrams) -> Iterator[NearRepeats]:
    """The same figures by character n-grams, for a language that the encoder does not know."""
    threshold = material.settings.threshold
    for part in material.worded:
        rows = [Candidate(places.ids[each], places.texts[each]) for each in places.parts[part.name]]
        yield _repeats(part, places, material, characters.duplicates(rows, ngrams, threshold))

    def near(own: Sequence[int], others: Sequence[int], skip: Skip) -> list[Pair]:
        pairs = characters.overlaps(places.texts, ngrams, threshold, places=own, against=others)
        found: dict[int, Pair] = {}
        for each in pairs:
            pair = Pair(each.later, each.earlier, each.score)
            if not skip(pair):
                found.setdefault(pair.later, pair)
        return [*found.values()]

    for part, apart in _others(material, places):
        first = material.worded[0]
        own = places.parts[first.name]
        named = [_named(pair, places) for pair in near(own, apart, places.are_family)]
        yield _figure("across", first.name, part.name, material, len(own), named)
    for comparison, reference in zip(material.against, places.references, strict=True):
        new = _new(comparison, places)
        yield from _held(
            material, comparison, places, new, near(new, reference, lambda pair: False)
        )


def _inside(material: Material, part: Part, places: Places, space: Space) -> Program[NearRepeats]:
    """Rows that deduplication of the whole config would drop: they repeat an earlier kept one."""
    own = places.parts[part.name]
    small = Space(space.encoder, tuple(space.texts[place] for place in own), space.vectors[own])
    rows = [Candidate(places.ids[place], "") for place in own]
    dropped = yield from duplicates(rows, small, material.settings.threshold)
    return _repeats(part, places, material, dropped)


def _repeats(
    part: Part, places: Places, material: Material, dropped: Mapping[int, Dropped]
) -> NearRepeats:
    exact = [NearPair(id, id, 1.0) for id in places.repeats[part.name]]
    pairs = [
        NearPair(each.row, each.duplicate_of or "", each.score or 0.0) for each in dropped.values()
    ]
    count = part.rows.height
    return _figure("inside", part.name, part.name, material, count, [*exact, *pairs])


def _across(material: Material, places: Places, space: Space) -> Program[list[NearRepeats]]:
    """Rows of the first config that are near to a row which only another config has."""
    first = material.worded[0]
    own = places.parts[first.name]
    found: list[NearRepeats] = []
    for part, apart in _others(material, places):
        pairs = yield from nearest(
            space, own, apart, material.settings.threshold, places.are_family
        )
        named = [_named(pair, places) for pair in pairs]
        found.append(_figure("across", first.name, part.name, material, len(own), named))
    return found


def _others(material: Material, places: Places) -> Iterator[tuple[Part, list[int]]]:
    """The other configs, each with the places of the rows that the first one has not."""
    first, *others = material.worded
    shared = set(places.parts[first.name])
    for part in others:
        apart = [place for place in places.parts[part.name] if place not in shared]
        if apart:  # else a subset: its repeats are those inside the first config
            yield part, apart


def _against(
    material: Material, comparison: Comparison, reference: range, places: Places, space: Space
) -> Program[list[NearRepeats]]:
    """Rows of each config that are near to one of a comparison's texts; all searched at once."""
    new = _new(comparison, places)
    pairs = yield from nearest(
        space, new, reference, material.settings.threshold, lambda pair: False
    )
    return [*_held(material, comparison, places, new, pairs)]


def _new(comparison: Comparison, places: Places) -> list[int]:
    """The places of all rows that were not carried over from what they are held against."""
    every = sorted({place for own in places.parts.values() for place in own})
    return [place for place in every if places.ids[place] not in comparison.carried]


def _held(
    material: Material,
    comparison: Comparison,
    places: Places,
    new: Sequence[int],
    pairs: Iterable[Pair],
) -> Iterator[NearRepeats]:
    """The figure of each config, from the pairs of all rows and one comparison's texts."""
    by_place = {pair.later: _named(pair, places) for pair in pairs}
    compared = set(new)
    scope: Scope = "release" if comparison.scope == "release" else "benchmark"
    for part in material.worded:
        own = [place for place in places.parts[part.name] if place in compared]
        named = [by_place[place] for place in own if place in by_place]
        yield _figure(scope, part.name, comparison.name, material, len(own), named)


def nearest(
    space: Space, places: Sequence[int], against: Sequence[int], threshold: float, skip: Skip
) -> Program[list[Pair]]:
    """For each of `places` that is near to one of `against`, the first such pair.

    Args:
        space: All texts with their vectors.
        places: The rows to look at, each a later place than any of `against`.
        against: What they are held against.
        threshold: The cosine from which on two texts are near.
        skip: Pairs that do not count.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    index = Index(space.vectors)
    index.add(against)
    found: dict[int, Pair] = {}
    for block in blocks(places):
        pairs = _up_to_sure(index.near(block, threshold - THRESHOLD_BAND), threshold, skip)
        for pair in (yield from rescore_borderline(space, pairs, threshold)):
            found.setdefault(pair.later, pair)
    return [*found.values()]


def _up_to_sure(pairs: Iterable[Pair], threshold: float, skip: Skip) -> list[Pair]:
    """Each row's pairs up to the first that is surely near: no later one is needed."""
    chosen: list[Pair] = []
    decided = -1
    for pair in pairs:
        if pair.later == decided or skip(pair):
            continue
        chosen.append(pair)
        if pair.score > threshold + THRESHOLD_BAND:
            decided = pair.later
    return chosen


def _figure(
    scope: Scope, config: str, against: str, material: Material, rows: int, pairs: list[NearPair]
) -> NearRepeats:
    shown = sorted(pairs, key=lambda pair: (-pair.score, pair.id, pair.other))[:_SHOWN]
    return NearRepeats(
        scope, config, against, material.settings.threshold, rows, len(pairs), tuple(shown)
    )


def _named(pair: Pair, places: Places) -> NearPair:
    return NearPair(places.ids[pair.later], places.ids[pair.earlier], published(pair.score))


def _keys(part: Part) -> dict[Key, None]:
    return {(id, style): None for id, style in part.rows.select("id", "style").iter_rows()}


def _columns(part: Part) -> Iterable[tuple[str, str, str, str]]:
    """Id, style, text and family of each row; a base row and its mutations are one family."""
    rows = part.rows
    mutated = "base_row" in rows.columns
    families = rows["root"].fill_null("") if mutated else [""] * rows.height
    return zip(rows["id"], rows["style"], rows[TEXT], families, strict=True)
