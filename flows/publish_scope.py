"""What the deployed publish flow may send where: said by the process that runs it, by nobody else.

A flow's parameters come from whoever reaches the Prefect server, so that they cannot be what bounds
them.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from artifacts.hub.values import PublishRefusedError

OUT = "REFUSERY_PUBLISH_OUT"
"""The output folder below whose `releases/` a release must lie."""

REPOS = "REFUSERY_PUBLISH_REPOS"
"""The repositories that may be published to, `owner/name`, with spaces or commas between them."""

_RELEASES = "releases"
_BETWEEN = re.compile(r"[\s,]+")


def scope_of(out: Path, repos: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process that serves this folder and these repositories.

    Args:
        out: The output folder.
        repos: The repositories that recipes are served with.
        environment: Where more of them may be allowed.
    """
    allowed = dict.fromkeys((*repos, *_listed(environment)))
    return {OUT: str(out.resolve()), REPOS: " ".join(allowed)}


def served_out(environment: Mapping[str, str]) -> Path:
    """The output folder of the process that runs the flow; the usual one where it names none."""
    return Path(environment.get(OUT) or "out")


def require_allowed(release: Path, repo: str, environment: Mapping[str, str]) -> None:
    """Refuses what the process that runs the flow does not allow.

    Raises:
        PublishRefusedError: The release lies elsewhere, or the repository is not on the list.
    """
    out = environment.get(OUT, "")
    if not out:
        rule = f"the deployed publish flow must be told its output folder ({OUT})"
        raise PublishRefusedError(rule)
    inside = (Path(out) / _RELEASES).resolve()
    if not release.resolve().is_relative_to(inside):
        rule = f"the deployed publish flow takes releases below {_RELEASES}/ of {OUT} alone"
        raise PublishRefusedError(rule, release.name)
    if repo not in _listed(environment):
        rule = f"the deployed publish flow takes the repositories of {REPOS} alone"
        raise PublishRefusedError(rule, repo)


def _listed(environment: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(each for each in _BETWEEN.split(environment.get(REPOS, "")) if each)
