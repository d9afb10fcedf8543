"""Pull requests of a repository: whether one of them holds a release already."""

from __future__ import annotations

from artifacts.hub.asking import Hub
from artifacts.hub.local import Local
from artifacts.hub.looking import manifest_at

_LATEST = 20
"""How many pull requests are looked into, the newest first."""


def pull_with(hub: Hub, local: Local) -> tuple[str, str] | None:
    """The ref and the commit of a pull request that holds a release; None without one.

    Its manifest is what is compared: a pull request's commit is whole or not there.

    Raises:
        HubAnswer: The Hub does not answer.
    """
    refs = hub.ask(
        lambda api: api.list_repo_refs(hub.repo, repo_type="dataset", include_pull_requests=True)
    )
    pulls = {each.ref: each.target_commit for each in refs.pull_requests or ()}
    for ref in sorted(pulls, key=_number, reverse=True)[:_LATEST]:
        commit = pulls[ref]
        found = manifest_at(hub, commit)
        if found is not None and found.facts == local.stated.facts:
            return ref, commit
    return None


def _number(ref: str) -> int:
    number = ref.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0
