"""What manifest and card keep of a difference."""

from __future__ import annotations

from artifacts.diff.difference import Difference
from artifacts.version_facts import Changes


def changes_of(difference: Difference) -> Changes:
    """The difference without its rows; of categories those alone whose counts differ."""
    changed = {
        config: {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
        for config, counts in difference.categories.items()
    }
    return Changes(
        since=difference.old,
        configs=difference.configs,
        categories={config: counts for config, counts in changed.items() if counts},
        models=difference.models,
        recipe=difference.recipe,
        withdrawn=difference.counts.withdrawn,
        templates=difference.templates,
        sources=difference.sources,
        columns=difference.columns,
    )
