"""Votes that lie in a run's folder and were asked for in other words: what resuming buys anew.

A policy is a template, so its votes have other keys in the ledger; so have those that were shown
other definitions. Which words a shard's votes were asked by, the request of one of them tells: what
the recipe in the folder says may be younger.
"""

import json
from collections.abc import Iterator

import polars as pl

from artifacts.stage_roles import MODERATE, MODERATE_SEEDS, RESCUE
from artifacts.tables import read_table_in
from base.errors import RefuseryError
from base.storage import Folder
from inference.ledger import requests_of
from inference.types import Item
from moderators.llm import VerdictTask
from moderators.policies import POLICIES, load_policy
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.runner.shards import Layout
from pipelines.stages.makers import chat_moderators, policy_of
from taxonomy import Taxonomy

_VOTING = (MODERATE, MODERATE_SEEDS, RESCUE)
_VOTES = "*/votes-*.parquet"
_OTHER = ""


def notes(recipe: OrBench, layout: Layout) -> Iterator[str]:
    """Says, in a line, that the votes of a run are bought anew, and how to keep them.

    Args:
        recipe: What the run is now.
        layout: Where its tables lie.
    """
    now = policy_of(recipe).name
    if layout.is_released:
        return
    for policy, votes in sorted(_votes_by_policy(recipe, layout).items()):
        if policy == _OTHER:
            yield (
                f"{votes:,} votes of this run were cast on other definitions of the categories, or "
                f"in other words, than the recipe has now: they are bought anew (up to {votes:,} "
                "calls); to keep them, give the recipe the `taxonomy` of then as a file"
            )
        elif policy != now:
            yield (
                f"{votes:,} votes of this run were cast under the moderation policy `{policy}`: "
                f"under `{now}` they are bought anew (up to {votes:,} calls); to keep them, give "
                f"the recipe `moderate.policy: {policy}`, or --set moderate.policy={policy}"
            )


def _votes_by_policy(recipe: OrBench, layout: Layout) -> dict[str, int]:
    """How many votes of chat models lie there by the policy that they were asked under.

    Those that were asked in words of no policy are under `_OTHER`. Shards of which nothing can be
    told, as the ledger or the table is gone, are left out.
    """
    taxonomy = taxonomy_of(recipe)
    voters = chat_moderators(recipe, taxonomy)
    shards = [sorted(keys) for keys in _keys_by_shard(layout, voters)] if voters else []
    try:
        asked = requests_of(layout.ledger, {keys[0] for keys in shards})
    except RefuseryError:
        return {}  # who opens it next says what is wrong with it
    policies = dict(_openings(taxonomy))
    found: dict[str, set[str]] = {}
    for keys in shards:
        if opening := _opening(asked.get(keys[0], b"")):
            found.setdefault(policies.get(opening, _OTHER), set()).update(keys)
    return {policy: len(keys) for policy, keys in found.items()}


def _keys_by_shard(layout: Layout, voters: tuple[str, ...]) -> Iterator[set[str]]:
    """The ledger's keys of the votes of chat models, by shard; what has none is left out."""
    for path in sorted(layout.run.glob(_VOTES)):
        if path.parent.name.partition("-")[0] not in _VOTING:
            continue  # carried votes stay as they are
        try:
            votes = read_table_in(Folder(path.parent), path.name, ["model", "key"])
        except RefuseryError:
            continue  # it breaks off, and is made anew
        if keys := set(votes.filter(pl.col("model").is_in(voters))["key"].drop_nulls()):
            yield keys


def _opening(request: bytes) -> str:
    """The first message of a canonical request; "" where it has none."""
    try:
        return str(json.loads(request)["messages"][0][1])
    except (ValueError, LookupError, TypeError):
        return ""


def _openings(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """What requests begin with, the words in which no text stands; each with its policy."""
    blank = Item("", "", "", answer="")
    for name in POLICIES:
        policy = load_policy(name)
        for template in (policy.prompt, policy.exchange):
            task = VerdictTask("", taxonomy.categories, template)
            yield task.request(blank, 0).messages[0].content, name
