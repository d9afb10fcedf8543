"""What `refusery review` prints: counts, figures and ids, never a text."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from artifacts.release_tables import review_tables
from artifacts.summary import Cell, Table, facts
from base.formats import fixed, interval, statistic
from people.answer_labels import Ratings, import_answers
from people.answer_review import QUESTION, AskingAnswers, DraftedAnswers, draft_answers
from people.answers import numbers
from people.errors import ReviewUnusableError
from people.release_review import Asking, draft
from pipelines.audits.patch import Decided, PatchAudit, decide
from pipelines.sorry_bench.review import exported, imported
from refusery.cli.printing import print_tables, say


def export_answers(
    source: Path,
    out: Path,
    per_prompt: str | None,
    train: str | None,
    drawing: Mapping[str, Any],
    other: Mapping[str, object],
) -> None:
    """Writes a table of answers for each person, and the key behind the ids.

    Raises:
        ReviewUnusableError: An option is given that goes with a release or a recipe, or see
            `draft_answers`.
    """
    _require_none(other, "a table of answers")
    asking = AskingAnswers(
        numbers(per_prompt or "8+8", "per-prompt"),
        numbers(train or "3+3", "train"),
        **{key: value for key, value in drawing.items() if value is not None},
    )
    found = draft_answers(source, out, asking)
    say(QUESTION)
    print_tables(_drafted(found))
    for line in _left_out(found):
        say(line)
    for path in found.tables:
        say(f"written: {path} ({len(found.sample.answers):,} rows)")
    say(f"written: {found.key}; it names the models: keep it from the people who label")


def import_labels(
    tables: Sequence[Path],
    key: Path,
    out: Path | None,
    dry_run: bool,
    other: Mapping[str, object],
) -> None:
    """Writes people's labels as files of ratings, and prints how far they agree.

    Raises:
        ReviewUnusableError: An option is given that goes with a release or a recipe, no folder is
            given, or see `import_answers`.
    """
    _require_none(other, "--key")
    if out is None and not dry_run:
        raise ReviewUnusableError("--key must come with --out, the folder of ratings to write")
    found = import_answers(tables, key, out or Path(), write=not dry_run)
    for line in found.notices:
        say(line)
    print_tables(_ratings(found.facts))
    for note in found.facts.agreement.notes:
        say(f"note: {note}")
    for path in found.files:
        say(f"written: {path}")
    if dry_run:
        say("nothing was written")


def _drafted(found: DraftedAnswers) -> Iterator[Table]:
    sample = found.sample
    pairs: dict[str, Cell] = {
        "base prompts": sample.questions,
        "answers": len(sample.answers),
        "marked for training": len(sample.train),
        "redacted": found.redacted,
    }
    yield facts("Answers to label", pairs)
    yield Table("By model", ("model", "answers"), tuple(found.models.items()))
    if set(found.categories) != {""}:
        yield Table("By category", ("category", "answers"), tuple(found.categories.items()))


def _left_out(found: DraftedAnswers) -> Iterator[str]:
    sample = found.sample
    counts = (
        (found.missing, "rows hold no answer"),
        (sample.short, "base prompts have too few answers, and are left out"),
        (sample.spare, "base prompts are left out, so that categories have equally many"),
    )
    for count, what in counts:
        if count:
            yield f"{count:,} {what}"


def _ratings(found: Ratings) -> Iterator[Table]:
    pairs: dict[str, Cell] = {
        "people": found.people,
        "answers asked about": found.sampled,
        "labelled by a majority": found.labelled,
        "refusals among them": found.refusals,
        "for training": found.train,
        "people differ on": found.contested,
        "ties, in no file": len(found.ties),
        "nobody labelled": found.unlabelled,
        "redacted, in no file": found.redacted,
    }
    yield facts("Labels", pairs)
    agreed = found.agreement
    yield facts(
        "Agreement",
        {
            "answers labelled twice or more": agreed.twice,
            "observed agreement": statistic(agreed.observed),
            "Fleiss' kappa": statistic(agreed.fleiss),
            "Krippendorff's alpha": statistic(agreed.alpha),
            "Gwet's AC1": statistic(agreed.ac1),
        },
    )
    pairs_rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.first, each.second, each.n, statistic(each.observed), statistic(each.kappa))
        for each in agreed.pairs
    )
    yield Table("Pairs", ("first", "second", "n", "observed", "Cohen's kappa"), pairs_rows)
    if found.persons is not None:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (each.name, each.rows, statistic(each.kappa), interval(each.interval, fixed))
            for each in found.persons.persons
        )
        header = ("person", "n", "kappa", "95 % interval")
        yield Table("Each person against the majority of the others", header, rows)


def _require_none(options: Mapping[str, object], what: str) -> None:
    for name, value in options.items():
        if value:
            raise ReviewUnusableError(f"--{name} must not come with {what}")


def export_release(
    release: Path, out: Path, drawing: Mapping[str, Any], other: Mapping[str, object]
) -> None:
    """Writes a table of a release's rows for each person.

    Raises:
        ReviewUnusableError: An option is given that goes with a recipe, or see `draft`.
    """
    _require_none(other, "a release folder")
    named = {"configs" if key == "config" else key: value for key, value in drawing.items()}
    given = {key: value for key, value in named.items() if value is not None}
    found = draft(release, out, Asking(**given))
    say(f"{found.sampled:,} rows drawn by category from {', '.join(found.configs)}")
    for line in found.questions:
        say(line)
    for path, rows in found.rows.items():
        say(f"written: {path} ({rows:,} rows)")


def export_base(
    recipe: Path,
    out: Path,
    settings: Sequence[str],
    runs: Path,
    everything: bool,
    other: Mapping[str, object],
) -> None:
    """Writes what is contested or missing in a base set.

    Raises:
        ReviewUnusableError: An option is given that goes with a release.
    """
    _require_none(other, "a recipe")
    found = exported(recipe, settings, runs, out, everything)
    for why, count in found.rows.items():
        say(f"{count:>7,}  {why}")
    say(f"written: {found.path}")


def import_release(
    tables: Sequence[Path], release: Path, dry_run: bool, other: Mapping[str, object]
) -> None:
    """Makes a patch version of a release of what people decided.

    Raises:
        ReviewUnusableError: An option is given that goes with a recipe, or see `decide`.
    """
    _require_none(other, "--release")
    folders = release.resolve().parents
    lies_in_out = len(folders) > 2 and folders[1].name == "releases"
    measured = PatchAudit(folders[2] if lies_in_out else Path("out"))
    found = decide(
        tables, release, write=not dry_run, finish=measured.finish, report=measured.report
    )
    for line in found.notices:
        say(line)
    print_tables(review_tables(found.facts))
    for line in _lines(found):
        say(line)


def import_base(
    tables: Sequence[Path],
    recipe: Path | None,
    out: Path | None,
    settings: Sequence[str],
    runs: Path,
    dry_run: bool,
) -> None:
    """Writes what people decided on a base set as a file for `base.decisions`.

    Raises:
        ReviewUnusableError: It is not one table with a recipe and a file to write.
    """
    if recipe is None:
        raise ReviewUnusableError("review import must have --release, or --recipe and --out")
    if out is None:
        raise ReviewUnusableError("--recipe must come with --out, the file of decisions to write")
    if len(tables) != 1:
        raise ReviewUnusableError("--recipe must come with one table", len(tables))
    _require_none({"dry-run": dry_run}, "--recipe")
    found = imported(tables[0], recipe, settings, runs, out)
    if found.encoding != "UTF-8":
        say(f"read as {found.encoding}: characters that it lacks were lost on the way")
    counts = ", ".join(f"{count:,} {verb}" for verb, count in sorted(found.decisions.items()))
    say(f"{counts}; {found.changed:,} in another category than the machine's")
    say(f"{found.undecided:,} rows without a decision stay the machine's")
    say(f"written: {found.path}; the recipe names it as base.decisions")


def _lines(found: Decided) -> Iterator[str]:
    facts, patch = found.facts, found.patch
    people = "1 person" if facts.people == 1 else f"{facts.people} people"
    yield (
        f"{people} decided on {facts.decided:,} of {facts.sampled:,} rows"
        f" and rejected {facts.rejected:,}"
    )
    if facts.people > 1:
        shown = fixed(facts.agreement, "no figure: all say the same")
        yield f"agreement between them (Krippendorff's alpha): {shown}"
    if facts.ties:
        yield f"{len(facts.ties):,} ties, which stay: {', '.join(facts.ties)}"
    if patch is None:
        yield "nothing was written"
        return
    if len(patch.withdrawn) > found.withdrawn:
        yield f"{len(patch.withdrawn) - found.withdrawn:,} rows go with their base request"
    yield f"{'written' if patch.fresh else 'there already'}: {patch.path}"
    yield f"Next: refusery verify {patch.path}"
