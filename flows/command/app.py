"""The `refusery` command, put together from its verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.command.judge_verbs import add_judge_verbs
from flows.command.leaderboard import add_leaderboard
from flows.command.people_verbs import add_people_verbs
from flows.command.recipe_verbs import add_recipe_verbs
from flows.command.release_verbs import add_release_verbs
from flows.command.review import review_app
from flows.command.table_verbs import add_table_verbs

app = typer.Typer(
    name="refusery",
    help="Builds refusal benchmarks for language models: audited, versioned, verifiable.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
) -> None:
    """Builds refusal benchmarks for language models: audited, versioned, verifiable."""


add_recipe_verbs(app)
add_table_verbs(app)
app.add_typer(review_app, name="review")
add_release_verbs(app)
add_judge_verbs(app)
add_people_verbs(app)
add_leaderboard(app)
