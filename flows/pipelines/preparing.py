"""What must hold before a run may cost anything: it is built, and its licences agree."""

from __future__ import annotations

from flows.errors import LicenseBroken
from flows.recipe import OrBench, require_built
from flows.recipe.seeds import WrittenSeeds
from flows.sources import allows, seeds_source


def require_ready(recipe: OrBench) -> None:
    """Refuses a recipe that cannot end in a release.

    A source that states no licence may be built from, but never published: its rows carry
    `redistribute: false`, and `publish` refuses them.

    Raises:
        NotBuilt: It uses what is not built yet.
        LicenseBroken: A source's licence does not allow the release's.
        SourceError: A source is not there.
    """
    require_built(recipe)
    source = seeds_source(recipe)
    if source is not None:
        stated = source.license
    else:
        stated = recipe.seeds.license if isinstance(recipe.seeds, WrittenSeeds) else None
    if stated is None:
        return
    reason = allows(recipe.release.license, [stated])
    if reason is not None:
        raise LicenseBroken("release.license must be allowed by every source's", reason)
