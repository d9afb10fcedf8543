"""A plan and what came of it as tables, for a terminal and for a page."""

from __future__ import annotations

from artifacts.hub.values import Plan, Published
from artifacts.summary import Table, facts


def plan_tables(plan: Plan) -> tuple[Table, ...]:
    """What a publish would do: its target, its settings, and what becomes of each file."""
    what = {
        "release": f"{plan.benchmark} {plan.version}",
        "repository": plan.repo,
        "tag": plan.tag or "none: a pull request",
        "visibility": "public" if plan.public else "private",
        "gate": plan.gate,
        "settings to change": "; ".join(plan.settings) or "none",
        "commit": "is there" if plan.committed else "to be made",
        "bytes to upload, at most": plan.upload_bytes,
    }
    rows = tuple((each.path, each.action, each.size) for each in plan.operations)
    files = Table("Files", ("path", "operation", "bytes"), rows)
    tables = (facts("Publish", what), files)
    if not plan.refusals:
        return tables
    return (*tables, Table("Refused", ("why",), tuple((line,) for line in plan.refusals)))


def published_line(done: Published) -> str:
    """What a publish did, in one line."""
    where = f"{done.repo} at {done.tag or done.pull_request or 'main'}"
    how = f"{'public' if done.public else 'private'}, gate {done.gate}"
    if done.nothing_to_do:
        return f"nothing to do: {where} holds this release ({how}; {done.files} files read back)"
    return f"published: {where}, commit {done.commit[:8]} ({how}; {done.files} files read back)"
