"""The card as it is published, and a publish as tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from artifacts.card import FOLDER
from artifacts.hub.values import Plan, Published
from artifacts.summary import Markdown, Table, facts, markdown_table
from base.formats import code_span

GATED_FIELDS: Mapping[str, Any] = {
    "extra_gated_heading": "Prompts that a model should refuse",
    "extra_gated_prompt": (
        "Some of these prompts ask for harm. They are here to measure what language models refuse, "
        "not to be answered, and not to train a model to answer them."
    ),
    "extra_gated_fields": {
        "Affiliation": "text",
        "I use this data to measure or improve the safety of models": "checkbox",
        "I do not pass it on without these terms": "checkbox",
    },
    "extra_gated_button_content": "Ask for access",
}
"""What those who ask for a gated set are told and asked, where the card itself does not say it."""


def published_card(
    card: str, front: Mapping[str, Any], *, gated: bool, repo: str, earlier: Iterable[str]
) -> str:
    """The card's text as it is to be in a repository.

    Args:
        card: The release's card, whose front matter begins it.
        front: That front matter.
        gated: Whether the repository is gated.
        repo: The repository, `owner/name`.
        earlier: The tags of earlier versions there, the newest first.

    Returns:
        The text, which loads the set by the repository's name; the same where nothing in it names
        a folder and nothing is to be added.
    """
    card = _loaded_by_name(card, repo)
    if gated and "extra_gated_prompt" not in front:
        lacking = {name: value for name, value in GATED_FIELDS.items() if name not in front}
        added = yaml.safe_dump(lacking, sort_keys=False, allow_unicode=True)
        head, _, body = card.partition("\n---\n")
        card = f"{head}\n{added}---\n{body}"
    return card + _versions(repo, tuple(earlier))


def _loaded_by_name(card: str, repo: str) -> str:
    """The card's own lines on loading, with the repository in place of a folder."""
    lines = [line for line in card.split("\n") if f'data_dir="{FOLDER}/' not in line]
    named = "\n".join(lines).replace(f'load_dataset("{FOLDER}"', f'load_dataset("{repo}"')
    return named.replace(f'"{FOLDER}/', f'"hf://datasets/{repo}/')


def _versions(repo: str, tags: tuple[str, ...]) -> str:
    if not tags:
        return ""
    loads = ((tag, f'load_dataset("{repo}", revision="{tag}")') for tag in tags)
    rows = tuple((tag, Markdown(code_span(load))) for tag, load in loads)
    table = markdown_table(Table("", ("version", "how to load it"), rows))
    return f"\n## Earlier versions\n\n{table}"


def plan_tables(plan: Plan) -> tuple[Table, ...]:
    """What a publish would do: its target, its settings, and what becomes of each file."""
    what = {
        "release": f"{plan.data_set} {plan.version}",
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
