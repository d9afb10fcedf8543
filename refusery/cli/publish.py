"""`refusery publish`: a release to the Hub, or what publishing it would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from artifacts.hub.card import plan_tables, published_line
from artifacts.hub.plan import plan_publish
from artifacts.hub.publish import publish as send
from artifacts.hub.values import Gating, PublishOptions, PublishRefusedError
from refusery.cli.printing import console, print_tables

_GATES: dict[str, Gating] = {"auto": "auto", "manual": "manual", "off": "off"}


@dataclass(frozen=True, slots=True)
class Options:
    """The verb's arguments and options, in the order of its help."""

    release: Path
    repo: str
    dry_run: bool
    public: bool | None
    gated: str | None
    pr: bool
    demo: bool
    understood: Sequence[str]
    tag: str | None


def publish(given: Options) -> None:
    """Publishes a release and says in one line what was done; with `dry_run`, shows the plan.

    Raises:
        PublishRefusedError: The release may not go there; with `dry_run`, once the plan is shown.
    """
    plan = plan_publish(given.release, given.repo, _options(given))
    if not given.dry_run:
        typer.echo(published_line(send(plan)))
        return
    print_tables(console(), plan_tables(plan))
    if plan.refusals:
        raise PublishRefusedError(*plan.refusals[:1])
    if plan.nothing_to_do:
        typer.echo("nothing to do: the repository holds this release; nothing was sent")
    else:
        typer.echo(f"{plan.upload_bytes:,} bytes to upload at most; nothing was sent")


def _options(given: Options) -> PublishOptions:
    if given.gated is not None and given.gated not in _GATES:
        raise PublishRefusedError(f"--gated must be one of {', '.join(_GATES)}", given.gated)
    return PublishOptions(
        public=given.public,
        gated=_GATES[given.gated] if given.gated is not None else None,
        pr=given.pr,
        demo=given.demo,
        understood=tuple(given.understood),
        tag=given.tag,
    )
