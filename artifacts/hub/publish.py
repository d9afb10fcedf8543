"""Publishing a release: settings that close first, one commit, the tag, settings that open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from artifacts.hub import publish_checks, repository
from artifacts.hub.client import Hub, headers, require, session
from artifacts.hub.local import open_local
from artifacts.hub.plan import draft, has_release
from artifacts.hub.values import (
    Gating,
    HubAnswerError,
    HubMovedError,
    HubUnlikeError,
    Local,
    Plan,
    Published,
    PublishOptions,
    PublishRefusedError,
    ReleaseUnsoundError,
    There,
    Waits,
)
from artifacts.manifest import CARD
from base.files import sha256_file

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
        HubMovedError: Somebody changed what would have been written.
        PublishRefusedError: The repository is no longer one that the release may go to.
        HubAnswerError: The Hub said no, or had no answer however often it was asked.
    """
    for tried in range(1, hub.waits.tries + 1):
        plan = draft(hub, local, options, base)
        if plan.committed is not None:
            sent = plan.upload_bytes if tried == 1 else _sent(base, plan)
            return Committed(plan.committed, plan.pull_request, sent)
        _require_unmoved(base, plan)
        try:
            return _commit(hub, plan)
        except HubAnswerError as answer:
            if not answer.passing and answer.status not in _MOVED:
                raise
            if tried == hub.waits.tries:
                raise
            hub.waits.wait(tried, answer.wait_s)
    raise HubMovedError("the repository must rest for a moment; it changed at every try", hub.repo)


def _sent(base: There, plan: Plan) -> int:
    """Bytes that were sent by a commit whose answer was lost."""
    return sum(
        file.size
        for file in plan.files
        if (entry := base.files.get(file.path)) is None or not file.is_in(entry)
    )


def _require_unmoved(base: There, plan: Plan) -> None:
    path = publish_checks.moved(base, plan.there, plan)
    if path is not None:
        rule = "nobody must change what a publish writes while it runs; nothing was overwritten"
        raise HubMovedError(rule, path)
    if plan.refusals:
        raise PublishRefusedError(plan.refusals[0])


def _commit(hub: Hub, plan: Plan) -> Committed:
    # Built anew at each try: the client keeps in an operation what it has done with it.
    operations = list(_operations(plan))
    info = hub.once(
        lambda api: api.create_commit(
            hub.repo,
            operations,
            commit_message=f"{plan.data_set} {plan.version}",
            repo_type=_KIND,
            parent_commit=plan.there.head,
            create_pr=plan.options.pr,
        )
    )
    ref = info.pr_revision if plan.options.pr else None
    return Committed(info.oid, ref, plan.upload_bytes)


def _operations(plan: Plan) -> "Iterator[CommitOperationAdd | CommitOperationDelete]":
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    files = {file.path: file for file in plan.files}
    for each in plan.operations:
        if each.action == "delete":
            yield CommitOperationDelete(each.path, is_folder=False)
        elif each.action != "keep":
            file = files[each.path]
            if not isinstance(file.content, bytes) and sha256_file(file.content) != file.sha256:
                raise ReleaseUnsoundError("a release's files must stay as they are", each.path)
            yield CommitOperationAdd(each.path, file.content)


_REPO_KIND: Literal["dataset"] = "dataset"
_WAITS = Waits()


def publish(plan: Plan, *, waits: Waits = _WAITS) -> Published:
    """Does what a plan says, and reads everything back.

    May be called again after any failure, with the same plan or a new one: what is there already
    is left as it is, so that it ends with one commit and one tag.

    Args:
        plan: What `plan_publish` gave.
        waits: How long a busy Hub is waited for.

    Raises:
        PublishRefusedError: The plan has refusals, or the repository has become one that the
            release may not go to.
        ReleaseUnsoundError: The release folder has changed since the plan was made.
        HubMovedError: Somebody changed meanwhile what would have been written.
        HubUnlikeError: What was read back is not what was sent.
        HubAnswerError: The Hub said no, or had no answer however often it was asked.
    """
    if plan.refusals:
        raise PublishRefusedError(plan.refusals[0])
    local = open_local(plan.release)
    with session() as api:
        hub = Hub(api, plan.repo, waits)
        if plan.nothing_to_do:
            found = Committed(plan.committed or "", plan.pull_request, 0)
        else:
            found = _write(hub, local, plan)
        files = _read_back(hub, local, found.commit, plan.tag)
    return Published(
        repo=plan.repo,
        commit=found.commit,
        tag=plan.tag,
        pull_request=found.pull_request,
        public=plan.public,
        gate=plan.gate,
        files=files,
        sent=found.sent,
        nothing_to_do=plan.nothing_to_do,
    )


def _write(hub: Hub, local: Local, plan: Plan) -> Committed:
    options = plan.options
    if plan.committed is None:
        _require_card(hub, plan)
    made = plan.there.head is None and _make(hub)
    now = draft(hub, local, options)
    if now.refusals:
        raise PublishRefusedError(now.refusals[0])
    if not options.pr:
        _close(hub, now)
    found = commit_release(hub, local, options, now.there if made else plan.there)
    if now.tag is not None and not now.tagged:
        _tag(hub, now.tag, found.commit)
    if not options.pr:
        _open(hub, now)
    return found


def _require_card(hub: Hub, plan: Plan) -> None:
    """Has the Hub read the card before anything is written, not only before the commit."""
    from huggingface_hub import HfApi, get_session

    text = next(file for file in plan.files if file.path == CARD).read().decode()

    def validate(api: HfApi) -> None:
        response = get_session().post(
            f"{api.endpoint}/api/validate-yaml",
            json={"content": text, "repoType": _REPO_KIND},
            headers=headers(api),
        )
        require(response)

    try:
        hub.ask(validate)
    except HubAnswerError as answer:
        if answer.status != 400:
            raise
        raise PublishRefusedError(
            "the card's front matter must be one that the Hub takes", CARD
        ) from None


def _make(hub: Hub) -> bool:
    """Makes the repository: private, whatever it is to be in the end."""
    try:
        hub.ask(lambda api: api.create_repo(hub.repo, repo_type=_REPO_KIND, visibility="private"))
    except HubAnswerError as answer:
        if answer.status != 409:  # an earlier try may have made it before its answer was lost
            raise
    if repository.look(hub).head is None:
        rule = "the repository must be yours to see; its name is taken"
        raise HubAnswerError(rule, hub.repo, status=403)
    return True


def _close(hub: Hub, plan: Plan) -> None:
    """Sets what narrows who reads, before any data is there."""
    if plan.gate not in ("off", plan.there.gate):
        _set_gating(hub, plan.gate)
    if not plan.public and not plan.there.private:
        _set_visibility(hub, "private")


def _open(hub: Hub, plan: Plan) -> None:
    """Sets what widens who reads, once everything is there, and what is not as asked by then."""
    there = repository.look(hub)
    if plan.gate != there.gate:
        _set_gating(hub, plan.gate)
    if plan.public == there.private:
        _set_visibility(hub, "public" if plan.public else "private")


def _set_gating(hub: Hub, gate: Gating) -> None:
    gated: Literal["auto", "manual", False] = False if gate == "off" else gate
    hub.ask(lambda api: api.update_repo_settings(hub.repo, gated=gated, repo_type=_REPO_KIND))


def _set_visibility(hub: Hub, visibility: Literal["public", "private"]) -> None:
    hub.ask(
        lambda api: api.update_repo_settings(hub.repo, visibility=visibility, repo_type=_REPO_KIND)
    )


def _tag(hub: Hub, tag: str, commit: str) -> None:
    """Tags the commit; a tag that is there must be on it."""
    try:
        hub.ask(
            lambda api: api.create_tag(hub.repo, tag=tag, revision=commit, repo_type=_REPO_KIND)
        )
    except HubAnswerError as answer:
        if answer.status != 409:
            raise
        # An earlier try may have set it before its answer was lost.
        refs = hub.ask(lambda api: api.list_repo_refs(hub.repo, repo_type=_REPO_KIND))
        on = {each.name: each.target_commit for each in refs.tags}.get(tag)
        if on != commit:
            rule = f"tag {tag} must be free or name this release"
            raise PublishRefusedError(rule, f"one on commit {(on or 'none')[:8]}") from None


def _read_back(hub: Hub, local: Local, commit: str, tag: str | None) -> int:
    """How many files were read, each with the hash that the release states for it."""
    there = repository.look(hub, tag or commit)
    if there.head is None or not has_release(there, local) or there.stated is None:
        path = there.edited[0] if there.edited else tag or commit
        raise HubUnlikeError("what is read back must be what was sent", path)
    for path, sha256 in there.stated.hashes.items():
        if repository.digest_of(hub, there.head, path) != sha256:
            raise HubUnlikeError("what is read back must be what was sent", path)
    return len(there.stated.hashes) + 1
