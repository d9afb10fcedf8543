"""Whether what rows say of other configs is so: their base request, and the subsets they are in."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from artifacts import stage_tables
from artifacts.config_names import Role, role_of
from artifacts.manifest import ConfigRecord, Manifest
from artifacts.release_facts import BASE
from artifacts.release_files import release_file
from artifacts.schemas import OR_BENCH
from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.tables import read_table

_ROLES: tuple[Role, ...] = ("hard", "toxic")


def check_across_configs(release: Path, manifest: Manifest) -> Iterator[str]:
    """One line for each config whose rows say of another one what is not so.

    A release of an earlier version has no such columns, and nothing to check.
    """
    yield from _check_bases(release, manifest)
    yield from _check_categories(release, manifest)
    yield from _check_subsets(release, manifest)


def _check_bases(release: Path, manifest: Manifest) -> Iterator[str]:
    """Each row's `base` is the text of its base request."""
    configs = {config.name: config for config in manifest.configs}
    base = configs.get(BASE)
    if base is None or "base" not in base.columns:
        return
    texts = (
        _rows(release, base, "row", "turns")
        .select(base_row="row", is_=pl.col("turns").list.first())
        .unique("base_row", keep="first")
    )
    for config in manifest.configs:
        found = _rows(release, config, "base_row", "base").join(texts, on="base_row", how="left")
        if count := found.filter(pl.col("base").ne_missing(pl.col("is_"))).height:
            yield f"{config.name}: {stage_tables.are(count, 'row', 'of another base request')}"


def _check_categories(release: Path, manifest: Manifest) -> Iterator[str]:
    """Each row's category is called as the manifest says, and has one domain in the whole set."""
    numbers = manifest.mutations.numbers if manifest.mutations else {}
    names = {number: name for name, number in numbers.items()}
    domains: dict[str, Counter[str | None]] = {}
    placed: dict[str, Counter[tuple[str, str | None]]] = {}
    for config in manifest.configs:
        if not {"category_name", "domain"} <= set(config.columns):
            continue
        rows = _rows(release, config, "category", "category_name", "domain")
        is_ = pl.col("category").replace_strict(names, default=None, return_dtype=pl.String)
        if count := rows.filter(pl.col("category_name").ne_missing(is_)).height:
            what = "of a category by another name"
            yield f"{config.name}: {stage_tables.are(count, 'row', what)}"
        placed[config.name] = Counter(rows.select("category", "domain").iter_rows())
        for (category, domain), number in placed[config.name].items():
            domains.setdefault(category, Counter())[domain] += number
    usual = {category: found.most_common(1)[0][0] for category, found in domains.items()}
    for name, rows_by in placed.items():
        odd = sum(n for (category, domain), n in rows_by.items() if domain != usual[category])
        if odd:
            yield f"{name}: {stage_tables.are(odd, 'row', 'of another domain than its category')}"


def _check_subsets(release: Path, manifest: Manifest) -> Iterator[str]:
    """Each row is in the subsets that it says, and in no other."""
    by_role = {role_of(config.name): config for config in manifest.configs}
    for role in _ROLES:
        column, subset = f"in_{role}", by_role.get(role)
        if subset is None or column not in subset.columns:
            continue
        members = _rows(release, subset, "row")["row"]
        for config in manifest.configs:
            rows = _rows(release, config, "row", column)
            is_in = rows["row"].is_in(members.implode())
            if count := int((rows[column].ne_missing(is_in)).sum()):
                yield f"{config.name}: {stage_tables.are(count, 'row', f'wrong on {column}')}"


def _rows(release: Path, config: ConfigRecord, *columns: str) -> pl.DataFrame:
    known = {**OR_BENCH, **SORRY_BENCH}
    empty = pl.Schema({name: known[name] for name in columns}).to_frame()
    files = [release_file(release, file.name) for file in config.files]
    return pl.concat([empty, *(read_table(path, list(columns)) for path in files)])
