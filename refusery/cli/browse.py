"""`refusery browse`: the seeds of a run beside what was made of them, on a page."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.releases import require_outside
from artifacts.report.rows import sensitive_categories
from artifacts.seed_browser.families import families_of
from artifacts.seed_browser.page import write_pages
from base.did_you_mean import did_you_mean
from base.formats import counted
from evaluation.panel_answers import run_folder
from pipelines.errors import AnswersMissingError, RecipeError
from pipelines.opening import read_frozen
from pipelines.recipe import taxonomy_of
from refusery.cli.printing import say

_Run = Annotated[Path, typer.Argument(metavar="RUN|RELEASE", help="A run's folder, or a release.")]
_Out = Annotated[
    Path | None,
    typer.Option("--out", help="The page to write; by default `seeds.html` in the run's folder."),
]
_Category = Annotated[
    list[str] | None, typer.Option("--category", help="Only seeds of it; repeatable.")
]


def browse(run: _Run, out: _Out = None, category: _Category = None) -> None:
    """Show each seed beside its rewrites or mutations, votes and answers, on a page.

    Seeds are unsafe by design: the page is for those who look at the run, and in no release. Its
    texts are hidden until they are asked for; those of sensitive categories are not on it.
    """
    folder = run_folder(run)
    frozen = read_frozen(folder)
    if frozen is None:
        rule = "a run's folder must hold its recipe, which a build of it writes anew"
        raise AnswersMissingError(rule, folder)
    taxonomy = taxonomy_of(frozen.recipe)
    path = out or folder / "seeds.html"
    if path.suffix != ".html":
        raise RecipeError("--out must be a file that ends in .html", path.name)
    require_outside(path)
    families = families_of(folder)
    if category:
        known = dict.fromkeys(family.category for family in families)
        for name in category:
            if name not in known:
                hint = did_you_mean(name, known) or f": {', '.join(known)}"
                raise RecipeError(f"--category must be one of the run's{hint}", name)
        families = [family for family in families if family.category in category]
    own = {each.name for each in taxonomy.categories if each.sensitive}
    title = f"{folder.parent.name} {folder.name}"
    pages = write_pages(path, title, families, own | sensitive_categories(None))
    say(f"{counted(len(families), 'seed')}: {pages[0]}")
    if len(pages) > 1:
        say(f"and {counted(len(pages) - 1, 'page')} more beside it, to {pages[-1].name}")
