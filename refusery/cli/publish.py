"""`refusery publish`: a release to the Hub, or what publishing it would do."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.hub.card import plan_tables, published_line
from artifacts.hub.plan import plan_publish
from artifacts.hub.publish import publish as publish_plan
from artifacts.hub.values import Gating, PublishOptions, PublishRefusedError, Waits
from refusery.cli.printing import print_tables, say


def publish(
    release: Annotated[Path, typer.Argument(help="A release folder.", metavar="RELEASE")],
    repo: Annotated[str, typer.Option("--repo", help="The data set on the Hub: owner/name.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show operations and sizes; send nothing.")
    ] = False,
    public: Annotated[
        bool | None,
        typer.Option("--public/--private", help="By default as it is; a new one is private."),
    ] = None,
    gated: Annotated[
        str | None, typer.Option(help="auto, manual or off; by default auto for unsafe configs.")
    ] = None,
    pr: Annotated[bool, typer.Option("--pr", help="Open a pull request; no tag.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Allow a demo release.")] = False,
    understood: Annotated[
        list[str] | None,
        typer.Option(
            "--i-understand-ungated",
            metavar="CONFIG",
            help="Allow this unsafe config in a public repository without a gate; repeatable.",
        ),
    ] = None,
    tag: Annotated[str | None, typer.Option(help="By default v and the version.")] = None,
) -> None:
    """Publish a release to the Hugging Face Hub: one commit, then its tag, read back."""
    gate, sure = _gating(gated), tuple(understood or ())
    options = PublishOptions(public=public, gated=gate, pr=pr, demo=demo, understood=sure, tag=tag)
    _publish(release, repo, options, dry_run)


def _publish(release: Path, repo: str, options: PublishOptions, dry_run: bool) -> None:
    """Says in one line what was done; of a dry run what would be, then why it may not be."""
    waits = Waits(tell=lambda line: say(f"waiting: {line}", err=True))
    plan = plan_publish(release, repo, options, waits=waits)
    if not dry_run:
        say(published_line(publish_plan(plan, waits=waits)))
        return
    print_tables(plan_tables(plan))
    if plan.refusals:
        raise PublishRefusedError(*plan.refusals[:1])
    if plan.nothing_to_do:
        say("nothing to do: the repository holds this release; nothing was sent")
    else:
        say(f"{plan.upload_bytes:,} bytes to upload at most; nothing was sent")


def _gating(given: str | None) -> Gating | None:

    known: dict[str, Gating] = {"auto": "auto", "manual": "manual", "off": "off"}
    if given is not None and given not in known:
        raise PublishRefusedError(f"--gated must be one of {', '.join(known)}", given)
    return None if given is None else known[given]
