"""The one commit of a publish: sent, looked for where the answer was lost, planned anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifacts.files import sha256_file
from artifacts.hub.asking import Hub
from artifacts.hub.errors import HubAnswer, HubMoved, PublishRefused, ReleaseUnsound
from artifacts.hub.local import Local
from artifacts.hub.planning import draft
from artifacts.hub.refusals import moved
from artifacts.hub.values import Plan, PublishOptions, There

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

_KIND = "dataset"
_MOVED = (409, 412)


@dataclass(frozen=True, slots=True)
class Committed:
    """The commit that holds a release.

    Attributes:
        commit: The commit.
        pull_request: The ref of its pull request; None on `main`.
        sent: Bytes of the files that were new or changed; 0 where it was there already.
    """

    commit: str
    pull_request: str | None
    sent: int


def commit_release(hub: Hub, local: Local, options: PublishOptions, base: There) -> Committed:
    """Makes the commit of a release, unless it is there.

    The commit is guarded by its parent. Where the answer was lost, or the head has moved, the
    repository is read again and planned anew: a commit that was taken is not made twice, and one
    that somebody else made meanwhile is built upon where it touches nothing of ours.

    Args:
        hub: The Hub and the repository.
        local: The release.
        options: How it is to be published.
        base: The repository as it was when the publish was planned.

    Raises:
        HubMoved: Somebody changed what would have been written.
        PublishRefused: The repository is no longer one that the release may go to.
        HubAnswer: The Hub said no, or had no answer however often it was asked.
    """
    for tried in range(1, hub.waits.tries + 1):
        plan = draft(hub, local, options, base)
        if plan.committed is not None:
            sent = plan.upload_bytes if tried == 1 else _sent(base, plan)
            return Committed(plan.committed, plan.pull_request, sent)
        _require_unmoved(base, plan)
        try:
            return _commit(hub, plan)
        except HubAnswer as answer:
            if not answer.passing and answer.status not in _MOVED:
                raise
            if tried == hub.waits.tries:
                raise
            hub.waits.wait(tried, answer.wait_s)
    raise HubMoved("the repository must rest for a moment; it changed at every try", hub.repo)


def _sent(base: There, plan: Plan) -> int:
    """Bytes that were sent by a commit whose answer was lost."""
    return sum(
        file.size
        for file in plan.files
        if (entry := base.files.get(file.path)) is None or not file.is_in(entry)
    )


def _require_unmoved(base: There, plan: Plan) -> None:
    path = moved(base, plan.there, plan)
    if path is not None:
        rule = "nobody must change what a publish writes while it runs; nothing was overwritten"
        raise HubMoved(rule, path)
    if plan.refusals:
        raise PublishRefused(plan.refusals[0])


def _commit(hub: Hub, plan: Plan) -> Committed:
    # Built anew at each try: the client keeps in an operation what it has done with it.
    operations = list(_operations(plan))
    info = hub.once(
        lambda api: api.create_commit(
            hub.repo,
            operations,
            commit_message=f"{plan.benchmark} {plan.version}",
            repo_type=_KIND,
            parent_commit=plan.there.head,
            create_pr=plan.options.pr,
        )
    )
    ref = info.pr_revision if plan.options.pr else None
    return Committed(info.oid, ref, plan.upload_bytes)


def _operations(plan: Plan) -> Iterator[CommitOperationAdd | CommitOperationDelete]:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    files = {file.path: file for file in plan.files}
    for each in plan.operations:
        if each.action == "delete":
            yield CommitOperationDelete(each.path, is_folder=False)
        elif each.action != "keep":
            file = files[each.path]
            if not isinstance(file.content, bytes) and sha256_file(file.content) != file.sha256:
                raise ReleaseUnsound("a release's files must stay as they are", each.path)
            yield CommitOperationAdd(each.path, file.content)
