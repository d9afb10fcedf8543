"""Names beside numbers: a fine-grained set has its categories by number alone."""

from collections.abc import Mapping
from dataclasses import replace

from artifacts.audit_facts import Audit
from artifacts.manifest import Manifest


def category_titles(manifest: Manifest | None) -> Mapping[str, str]:
    """`7 stalking` by `7`; nothing for a set whose categories are names."""
    if manifest is None or manifest.mutations is None:
        return {}
    return {number: f"{number} {name}" for name, number in manifest.mutations.numbers.items()}


def with_titles(audit: Audit, titles: Mapping[str, str]) -> Audit:
    """The same audit with longer names of its categories."""
    if not titles:
        return audit
    named = _Named(titles)
    return replace(
        audit,
        categories=tuple(map(named.one, audit.categories)),
        spreads=tuple(
            replace(each, counts=named.keys(each.counts)) if each.dimension == "category" else each
            for each in audit.spreads
        ),
        stages=tuple(
            replace(
                each,
                before=named.keys(each.before),
                after=named.keys(each.after),
                worst=named.maybe(each.worst),
            )
            for each in audit.stages
        ),
        refusals=tuple(
            replace(each, category=named.maybe(each.category)) for each in audit.refusals
        ),
        coverage=audit.coverage
        and replace(
            audit.coverage,
            categories=tuple(map(named.one, audit.coverage.categories)),
            counts={style: named.keys(each) for style, each in audit.coverage.counts.items()},
        ),
        gates=tuple(replace(each, category=named.maybe(each.category)) for each in audit.gates),
    )


class _Named:
    """Gives a category its longer name wherever it stands."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles

    def one(self, name: str) -> str:
        return self._titles.get(name, name)

    def maybe(self, name: str | None) -> str | None:
        return None if name is None else self.one(name)

    def keys(self, counts: Mapping[str, int]) -> dict[str, int]:
        return {self.one(name): count for name, count in counts.items()}
