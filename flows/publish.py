"""The flow that publishes a release to the Hub, started by a person; a refusal ends it as failed.

The token comes from the environment of the process that runs it, or the Hub's own login; it is no
parameter, since Prefect keeps parameters.
"""

import os
from pathlib import Path
from typing import Literal

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import deployment

from artifacts.hub.card import plan_tables, published_line
from artifacts.hub.plan import plan_publish
from artifacts.hub.publish import publish as send
from artifacts.hub.values import Plan, PublishOptions
from artifacts.summary import markdown
from base.errors import RefuseryError
from flows.errors import contained
from flows.publish_scope import require_allowed, served_out
from flows.run_names import of_release
from flows.scheduled import Ending, done, nothing_to_do, refused
from flows.served_lines import ended, tell_end, tell_start


@flow(
    name="publish",
    flow_run_name=of_release("publish"),
    on_running=[tell_start],
    on_cancellation=[tell_end],
    on_crashed=[tell_end],
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def publish(
    release: str,
    repo: str,
    public: bool | None = None,
    gated: Literal["auto", "manual", "off"] | None = None,
    pr: bool = False,
    demo: bool = False,
    understood: list[str] | None = None,
    tag: str | None = None,
    dry_run: bool = False,
) -> Ending:
    """Publishes a release to a repository on the Hub: one commit, then the tag.

    As a deployment it takes releases below the served output folder alone, and the repositories
    that the process which runs it allows: whoever reaches the server can start it.

    Args:
        release: The release's folder.
        repo: The repository, `owner/name`.
        public: Whether it is to be public; by default as it is, and a new one is private.
        gated: Its gate; by default as it is, and a new one with unsafe text is gated.
        pr: Whether to open a pull request instead.
        demo: Whether a demo release may be published.
        understood: Unsafe configs that may stand in a public repository without a gate.
        tag: The tag; by default `v` and the release's version.
        dry_run: Whether to plan alone, and send nothing.
    """
    options = PublishOptions(public, gated, pr, demo, tuple(understood or ()), tag)
    try:
        with contained():
            if deployment.id is not None:
                require_allowed(Path(release), repo, os.environ)
            plan = plan_publish(Path(release), repo, options)
            create_markdown_artifact(
                markdown(plan_tables(plan)),
                key=f"{plan.data_set}-publish",
                description=f"What publishing to {repo} sends",
            )
            return ended(_planned(plan) if dry_run else _sent(plan))
    except RefuseryError as error:
        return ended(refused(error, "publish", served_out(os.environ)))


def _planned(plan: Plan) -> Ending:
    if plan.refusals:
        return done(f"nothing was sent; publishing would be refused: {plan.refusals[0]}")
    if plan.nothing_to_do:
        return nothing_to_do(f"{plan.repo} holds {plan.data_set} {plan.version}")
    return done(f"nothing was sent; publishing would send {plan.upload_bytes:,} bytes at most")


def _sent(plan: Plan) -> Ending:
    published = send(plan)
    line = f"{plan.data_set} {plan.version}: {published_line(published)}"
    return nothing_to_do(line) if published.nothing_to_do else done(line)
