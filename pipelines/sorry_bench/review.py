"""Reviews of a base set: from a run to a table for a spreadsheet, and back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.records import read_run
from artifacts.sorry_bench_schemas import BASE, REVIEW
from artifacts.stage_tables import StageTables, open_stage
from people.base_review import COLUMNS, Decision, new_id, read_decisions
from people.errors import ReviewUnusableError
from people.spreadsheet import same_text, write_cells
from pipelines.errors import RecipeError, StageInputMissingError
from pipelines.recipe import SorryBench, load, taxonomy_of
from pipelines.recipe.base_set import BuiltBase
from pipelines.runner.run_folders import run_key
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Row
from pipelines.sorry_bench.base_stages import CHOSEN
from pipelines.versions.next_version import with_current_version
from taxonomy import NONE, Taxonomy

_ORDER = ("undecided", "stated_otherwise", "no_category", "second_choice", "decided")
_EVERYTHING = (*_ORDER, "chosen", "other")
_MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Exported:
    """What a review table holds: rows by why they are in it."""

    path: Path
    rows: Mapping[str, int]


def export_review(
    run: Path, path: Path, taxonomy: Taxonomy, per_category: int, everything: bool = False
) -> Exported:
    """Writes the review table of a run's base set.

    Rows that were contested come first, then the centres of groups outside all categories, then
    what might fill a category that is short, then what people have decided already. Each empty
    place has a row of its own, to be filled in by hand.

    Args:
        run: The run's folder.
        path: The CSV to write.
        taxonomy: The run's categories.
        per_category: Requests that each category should have.
        everything: Also every row that nobody contests.

    Raises:
        StageInputMissingError: The run has not come to its choice yet.
        FileUnwritableError: The file cannot be written.
    """
    tables = choice_of(run)
    wanted = _EVERYTHING if everything else _ORDER
    rows = [row for row in tables.read("review", REVIEW).to_dicts() if row["why"] in wanted]
    rows.sort(key=lambda row: (wanted.index(row["why"]), -(row["cluster_rows"] or 0), row["id"]))
    chosen = Counter(tables.read("kept", type(BASE)({"category": BASE["category"]}))["category"])
    cells = [_cells(row) for row in rows]
    cells += _missing(chosen, taxonomy, per_category, {row["id"] for row in rows})
    write_cells(path, COLUMNS, cells)
    return Exported(path, dict(Counter(row["why"] for row in cells)))


def choice_of(run: Path) -> StageTables:
    """The tables of a run's choice.

    Raises:
        StageInputMissingError: The run is not there, or has not come so far.
    """
    record = read_run(run)
    entries = [each for each in record.stages if each.name == CHOSEN] if record else []
    if not entries:
        rule = "a review needs a base set that was picked: build the recipe first"
        raise StageInputMissingError(rule, run.name)
    return open_stage(run, entries[0])[0]


def _cells(row: Row) -> dict[str, str]:
    written = row["machine"] is None
    shown = {**row, "prompt": None if written else row["text"]}
    return {name: _shown(shown[name]) for name in COLUMNS}


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _missing(
    chosen: Mapping[str, int], taxonomy: Taxonomy, per_category: int, taken: set[str]
) -> Iterator[dict[str, str]]:
    """One empty row for each place that is."""
    for name in taxonomy.names:
        number = 0
        for _ in range(per_category - chosen.get(name, 0)):
            number += 1
            while new_id(name, number) in taken:
                number += 1
            filled = {"id": new_id(name, number), "why": _MISSING, "category": ""}
            yield {**dict.fromkeys(COLUMNS, ""), **filled, "note": ""}


_COLUMNS = ("id", "prompt", "machine", "decision", "category", "rewrite", "note")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Attributes:
        path: The file of decisions.
        decisions: How many of each kind.
        undecided: Rows that nobody decided on.
        encoding: How the table was read.
        delimiter: What stood between its cells.
        changed: Accepted rows whose category is another than the machine's.
    """

    path: Path
    decisions: Mapping[str, int]
    undecided: int
    encoding: str
    delimiter: str
    changed: int


def import_review(table: Path, run: Path, taxonomy: Taxonomy, path: Path) -> Imported:
    """Writes the decisions of a review table as a file for `base.decisions`.

    Each row keeps the machine's category beside the person's. The file is in UTF-8 with commas,
    whatever the spreadsheet wrote; its prompts are the run's own.

    Args:
        table: The table as a spreadsheet saved it.
        run: The folder of the run that it was exported from.
        taxonomy: The run's categories.
        path: The CSV to write.

    Raises:
        ReviewUnusableError: The table breaks a rule of review tables, or is of another run.
        StageInputMissingError: The run has not come to its choice yet.
        FileUnwritableError: The file cannot be written.
    """
    found = read_decisions(table, taxonomy)
    rows = {row["id"]: row for row in choice_of(run).read("review", REVIEW).to_dicts()}
    if not found.decisions:
        raise ReviewUnusableError("a review table must hold at least one decision", table.name)
    cells = [_decision_cells(each, rows) for each in found.decisions.values()]
    write_cells(path, _COLUMNS, cells)
    return Imported(
        path,
        dict(Counter(each.verb for each in found.decisions.values())),
        found.undecided,
        found.sheet.encoding,
        found.sheet.delimiter,
        sum(
            row["decision"] == "accept" and row["category"] not in ("", row["machine"])
            for row in cells
        ),
    )


def _decision_cells(decision: Decision, rows: Mapping[str, Row]) -> dict[str, str]:
    machine, prompt = "", ""
    if decision.root is not None:
        row = rows.get(decision.id)
        if row is None:
            raise ReviewUnusableError("ids of a review table must be those of its run", decision.id)
        machine, prompt = row["machine"] or "", row["text"]
        if not same_text(decision.prompt, prompt):
            rule = (
                "a prompt must stay in the row of its id, as exported; "
                "other words for it go into the column rewrite"
            )
            raise ReviewUnusableError(rule, decision.id)
        if decision.verb == "accept" and (decision.category or machine) == NONE:
            rule = "a row that fits no category must be accepted in one: fill in its category"
            raise ReviewUnusableError(rule, decision.id)
    return {
        "id": decision.id,
        "prompt": prompt,
        "machine": machine,
        "decision": decision.verb,
        "category": decision.category or "",
        "rewrite": decision.rewrite or "",
        "note": decision.note,
    }


def exported(
    recipe: Path, settings: Sequence[str], runs: Path, out: Path, everything: bool
) -> Exported:
    """Writes the review table of a recipe's base set.

    Raises:
        RecipeError: The recipe picks no base set.
        StageInputMissingError: Its run has not come to the choice yet.
    """
    loaded, base = _picking(recipe, settings)
    run = _run(loaded, runs)
    return export_review(run, out, taxonomy_of(loaded), base.per_category, everything)


def imported(table: Path, recipe: Path, settings: Sequence[str], runs: Path, out: Path) -> Imported:
    """Writes the decisions of a review table as a file for `base.decisions`.

    Raises:
        RecipeError: The recipe picks no base set.
        ReviewUnusableError: The table breaks a rule of review tables, or is of another run.
        StageInputMissingError: Its run has not come to the choice yet.
    """
    loaded, _ = _picking(recipe, settings)
    return import_review(table, _run(loaded, runs), taxonomy_of(loaded), out)


def _picking(recipe: Path, settings: Sequence[str]) -> tuple[SorryBench, BuiltBase]:
    loaded = load(recipe, settings)
    if not isinstance(loaded, SorryBench) or not isinstance(loaded.base, BuiltBase):
        raise RecipeError("review takes a sorry-bench recipe with base.sources", recipe.name)
    return loaded, loaded.base


def _run(recipe: SorryBench, runs: Path) -> Path:
    recipe = with_current_version(recipe, runs.resolve())
    key = run_key(recipe.path, runs)
    return Layout(runs.resolve(), key, recipe.benchmark, recipe.release.version).run
