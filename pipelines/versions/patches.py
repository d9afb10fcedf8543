"""A patch version of a release: the same rows without those that people withdrew."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import polars as pl

from artifacts import schemas, sorry_bench_schemas, stage_tables, tables
from artifacts.diff.compare import changes_of, compare_rows
from artifacts.manifest import (
    MANIFEST,
    ConfigRecord,
    Manifest,
    ModelIdentity,
    Recipe,
    ReleaseFacts,
)
from artifacts.published_recipe import encoder_name, model_name
from artifacts.release import write_release
from artifacts.release_facts import BASE, BaseFacts, MutationFacts, StyleFacts
from artifacts.release_files import release_file
from artifacts.releases import Earlier, open_release, tombstones_of
from artifacts.seed_columns import with_seed_ids
from artifacts.version_facts import Lineage, ReviewFacts, Tombstone
from artifacts.views import View, is_unsafe
from pipelines.errors import PipelineError
from pipelines.recipe.loading import published_again
from pipelines.runner.lock import release_lock
from pipelines.runner.run_facts import balance_of, levels_of
from pipelines.versions.next_version import resolving_alone, used_versions

WITHDRAWN = "withdrawn"
EARLIER = "missing_before"
"""Why cells are empty whose own reasons cannot be told apart any more: their rows' bases are gone,
and a release does not say which reason was whose."""


def recounted(
    found: MutationFacts, before: Mapping[str, pl.DataFrame], now: Mapping[str, pl.DataFrame]
) -> MutationFacts:
    """Rows and gaps by style, counted anew.

    Args:
        found: What the release held before.
        before: Its rows by config (SORRY_BENCH): each style is one.
        now: What is left of them.
    """
    names = {number: name for name, number in found.numbers.items()}
    bases = set(now[BASE]["question_id"])
    styles = tuple(
        _style(each, before[each.name], now[each.name], bases, names) if each.name in now else each
        for each in found.styles
    )
    gone = before[BASE].join(now[BASE], on="id", how="anti")
    return replace(found, styles=styles, base=_base(found.base, _by_name(gone, names)))


def _style(
    style: StyleFacts,
    before: pl.DataFrame,
    now: pl.DataFrame,
    bases: set[int],
    names: Mapping[str, str],
) -> StyleFacts:
    rows = _by_name(now, names)
    if style.name == BASE:
        return replace(style, rows=rows)
    # A gap is counted while its base row is there.
    gone = before.join(now, on="id", how="anti")
    alone = sum(number in bases for number in gone["question_id"])
    rest = len(bases) - now.height - alone
    missing = _fewer(style.missing, rest)
    if alone:
        missing[WITHDRAWN] = missing.get(WITHDRAWN, 0) + alone
    return replace(style, rows=rows, missing=missing)


def _fewer(missing: Mapping[str, int], rest: int) -> dict[str, int]:
    """The reasons of the gaps that are left."""
    if sum(missing.values()) == rest:
        return dict(missing)
    named = [reason for reason, count in missing.items() if count]
    return {named[0] if len(named) == 1 else EARLIER: rest} if rest > 0 else {}


def _base(base: BaseFacts, gone: Mapping[str, int]) -> BaseFacts:
    if not gone:
        return base
    known = base.counts.get(WITHDRAWN, {})
    names = {*known, *gone}
    counts = {name: known.get(name, 0) + gone.get(name, 0) for name in sorted(names)}
    return replace(base, counts={**base.counts, WITHDRAWN: counts})


def _by_name(rows: pl.DataFrame, names: Mapping[str, str]) -> dict[str, int]:
    counted = stage_tables.tally(rows["category"])
    return {names.get(number, number): count for number, count in counted.items()}


Finish: TypeAlias = Callable[[Sequence[View], ReleaseFacts], ReleaseFacts]
"""Adds what is measured on a release to what is known of it: the audit's figures, gates."""

_NUMBERED = re.compile(r"(\d{4}\.\d{1,2}\.)(\d+)(-.*)?")
_TEMPLATES = {True: "sorry_bench", False: "or_bench"}
_STYLE, _QUESTION, _TURNS = "prompt_style", "question_id", "turns"


class PatchRefusedError(PipelineError):
    """A release has no number that a patch of it could count on from; exit code 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch version.

    Attributes:
        path: Its folder, beside the release that it is a patch of.
        manifest: What it says of itself.
        withdrawn: Rows that it withdraws, the mutations of a withdrawn base row included.
        fresh: Whether it was made now; not where the same review had made it before.
    """

    path: Path
    manifest: Manifest
    withdrawn: tuple[Tombstone, ...]
    fresh: bool


def withdraw(
    parent: Earlier,
    reasons: Mapping[str, str],
    review: ReviewFacts,
    *,
    finish: Finish | None = None,
    report: Callable[[Manifest], str] | None = None,
) -> Patch:
    """Writes the next free patch version of a release, without the rows of these ids.

    Nothing but rows goes: what stays keeps its values and its order. Only a seed's text, which the
    first edition released, goes from safe configs: its id takes its place. What was withdrawn in
    any other version that lies beside it stays withdrawn. The release itself is only read.

    Args:
        parent: The release.
        reasons: Why each row is withdrawn, by id; a base row takes its mutations along.
        review: What people found.
        finish: Adds the figures that are measured on the new rows; None for none.
        report: Draws the new release's report; None for none.

    Raises:
        PatchRefusedError: The release's version is no number.
        RecordUnreadableError: A manifest beside it is malformed.
        TableDamagedError: A shard of the release cannot be read.
        RunLockedError: A run is making a release under that version.
        FileUnwritableError: The patch cannot be written.
    """
    out = _out_of(parent)
    # Nobody else may take the number between its choice and the release under it.
    with resolving_alone(out) if out else nullcontext():
        return _withdrawn(parent, reasons, review, finish, report)


def _withdrawn(
    parent: Earlier,
    reasons: Mapping[str, str],
    review: ReviewFacts,
    finish: Finish | None,
    report: Callable[[Manifest], str] | None,
) -> Patch:
    frames = {each.name: _rows(parent.path, each) for each in parent.manifest.configs}
    version = next_patch(parent)
    stones = tuple(_tombstones(frames, reasons, version))
    beside = _siblings(parent.path)
    if (known := _made_before(beside, parent, review, stones)) is not None:
        own = (each for each in known.manifest.tombstones if each.version == known.pinned.version)
        return Patch(known.path, known.manifest, tuple(own), fresh=False)
    named = {stone.id: stone for stone in (*stones, *tombstones_of([*beside, parent]))}
    everything = tuple(named[id] for id in sorted(named))
    benchmark = parent.manifest.benchmark
    views = [_view(benchmark, each, frames[each.name], named) for each in parent.manifest.configs]
    facts = _facts(parent, views, frames, everything, review, version)
    if finish is not None:
        facts = finish(views, facts)
    folder = parent.path.with_name(version)
    template = _TEMPLATES[facts.mutations is not None]
    with release_lock(folder, "review"):
        manifest = write_release(folder, views, facts, template=template, report=report)
    return Patch(folder, manifest, stones, fresh=True)


def next_patch(parent: Earlier) -> str:
    """The next patch number that nothing has: 2026.11.0 gives 2026.11.1.

    Taken are the folders beside the release, and the versions that runs are under way for.

    Raises:
        PatchRefusedError: The release's version is no number.
    """
    version = parent.manifest.version
    found = _NUMBERED.fullmatch(version)
    if found is None:
        raise PatchRefusedError(
            "a version must be YEAR.MONTH.PATCH for a patch to follow it", version
        )
    month, own, suffix = found[1], int(found[2]), found[3] or ""
    beside = (_NUMBERED.fullmatch(each.name) for each in parent.path.parent.iterdir())
    patches = [own, *(int(each[2]) for each in beside if each and each[1] == month)]
    if (out := _out_of(parent)) is not None:
        # No recipe's own runs are left out: a patch is none of them.
        patches += (
            key[2]
            for key in used_versions(out, parent.manifest.data_set, recipe="")
            if key[:2] == tuple(map(int, month.split(".")[:2]))
        )
    return f"{month}{max(patches) + 1}{suffix}"


def _out_of(release: Earlier) -> Path | None:
    """The output folder that a release lies in; None for one that was put elsewhere."""
    folder = release.path.parents
    return folder[2] if len(folder) > 2 and folder[1].name == "releases" else None


def _siblings(folder: Path) -> list[Earlier]:
    """All releases of the benchmark that lie beside one, itself included."""
    folders = sorted(each for each in folder.parent.iterdir() if each.name[:1] != ".")
    return [open_release(each) for each in folders if (each / MANIFEST).exists()]


def _made_before(
    beside: Sequence[Earlier], parent: Earlier, review: ReviewFacts, stones: Sequence[Tombstone]
) -> Earlier | None:
    """The patch that the same review of the same release has made already."""
    wanted = {(stone.id, stone.reason) for stone in stones}
    for each in beside:
        manifest, lineage = each.manifest, each.manifest.lineage
        own = {
            (stone.id, stone.reason)
            for stone in manifest.tombstones
            if stone.version == manifest.version
        }
        pinned = (lineage.mode, lineage.parent) == ("reviewed", parent.pinned)
        if pinned and manifest.review == review and own == wanted:
            return each
    return None


def _rows(folder: Path, config: ConfigRecord) -> pl.DataFrame:
    """A config's rows in their order."""
    if config.files:
        return pl.concat(
            [tables.read_table(release_file(folder, file.name)) for file in config.files]
        )
    fine_grained = _TURNS in config.columns
    known = sorry_bench_schemas.SORRY_BENCH if fine_grained else schemas.OR_BENCH_ANY
    return pl.Schema({name: known[name] for name in config.columns}).to_frame()


def _view(
    benchmark: str, config: ConfigRecord, rows: pl.DataFrame, gone: Mapping[str, Tombstone]
) -> View:
    left = rows.filter(~pl.col("id").is_in([*gone]))
    # Rows of the first edition have their seeds' texts in safe configs too: they are not handed on.
    left = with_seed_ids(left, texts=is_unsafe(benchmark, config.name))
    where, redistribute = config.where, config.redistribute
    return View(config.name, config.stage, where, redistribute, left.schema, left)


def _tombstones(
    frames: Mapping[str, pl.DataFrame], reasons: Mapping[str, str], version: str
) -> Iterator[Tombstone]:
    """One for each withdrawn row, by id; a family goes for its base row's reason."""
    whole = {_QUESTION: pl.Int64(), _STYLE: pl.String()}
    rows = pl.concat(
        frame.select("id", *(
            pl.col(name) if name in frame.columns else pl.lit(None, kind).alias(name)
            for name, kind in whole.items()
        ))
        for frame in frames.values()
    ).unique("id", keep="first", maintain_order=True)  # fmt: skip
    bases = {
        number: reasons[id]
        for id, number, style in rows.iter_rows()
        if style == BASE and id in reasons
    }
    for id, number, style in sorted(rows.iter_rows(), key=lambda row: str(row[0])):
        if id in reasons:
            yield Tombstone(id, reasons[id], version, number)
        elif style is not None and number in bases:
            yield Tombstone(id, f"its base request is withdrawn: {bases[number]}", version, number)


def _facts(
    parent: Earlier,
    views: Sequence[View],
    frames: Mapping[str, pl.DataFrame],
    stones: tuple[Tombstone, ...],
    review: ReviewFacts,
    version: str,
) -> ReleaseFacts:
    """What the run did stays as the parent says; what a release holds is counted anew.

    The parent's audit is of other rows, and goes.
    """
    was = parent.manifest
    known = ReleaseFacts(**{each.name: getattr(was, each.name) for each in fields(ReleaseFacts)})
    carried = pl.concat([view.rows.select("id") for view in views]).n_unique()
    left = {view.config: view.rows for view in views}
    facts = replace(
        known,
        # A release of an earlier version says where its servers are; what is made of it does not.
        recipe=Recipe.of(was.recipe.name, published_again(was.recipe.text)),
        models=tuple(map(_handed_on, was.models)),
        version=version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        lineage=Lineage(
            "reviewed", parent.pinned, carried, was.lineage.against, was.lineage.writing
        ),
        tombstones=stones,
        review=review,
        balance=balance_of(views, was.released_categories),
        levels=levels_of(views),
        mutations=recounted(was.mutations, frames, left) if was.mutations else None,
        changes=None,
        audit=(),
        gates=(),
    )
    return replace(facts, changes=changes_of(compare_rows(parent.path, views, facts)))


def _handed_on(model: ModelIdentity) -> ModelIdentity:
    return replace(
        model,
        name=encoder_name(model.name),
        model=encoder_name(model.model),
        identity=model_name(model.identity),
    )
