"""A version that is released already: who made it, of what, and whether it is as it was."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from artifacts.config_names import config_names, names_among
from artifacts.diff.inputs import flattened
from artifacts.errors import ReleaseDamagedError
from artifacts.manifest import Manifest
from artifacts.published_recipe import FILE_KEYS
from artifacts.releases import REVIEWED, open_sound
from base.errors import RefuseryError
from base.files import sha256_file
from base.foreign_text import read_yaml
from moderators.policies import UNSAID
from pipelines.errors import ReleaseDiffersError, SourceError
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.recipe.loading import parse, published
from pipelines.recipe.schema import Buildable
from pipelines.runner.run_folders import other_owner, stated_owner
from pipelines.runner.shards import Layout
from pipelines.sources.models import located
from pipelines.versions.changes import OWN_CATEGORIES, own_files_of

_SHOWN = 4

_DECIDES_NOTHING = frozenset(
    (
        *("release.version", "release.name", "budget", "budget.max_usd"),
        *("max_failed", "max_missing", "plan_only"),
    )
)
_OF_MODELS = frozenset(
    (
        *("base_url", "label", "key_env", "price", "rpm", "tpm", "max_in_flight"),
        *("timeout_s", "give_up_s", "attempts", "slots", "retired"),
        *("headers", "query", "key_header", "token_limit"),
    )
)
"""How a model is reached, how fast, and what it costs: not what it is or says. Where one of these
changes which model it is (a label), the fingerprints of the stages tell."""

_PATHS = FILE_KEYS | {"encoder"}
"""Keys whose values a manifest may hold without the folders of the machine."""


def require_unchanged(recipe: Buildable, layout: Layout) -> None:
    """Refuses a recipe whose version is released, unless that very release is what it makes.

    Nothing is asked and nothing is written: the manifest and the files beside it are read alone.

    Args:
        recipe: The recipe, its version resolved.
        layout: Where its release would lie.

    Raises:
        ReleaseDiffersError: The release was made by another recipe, or by this one before it was
            changed; the error names what.
        ReleaseDamagedError: A file of the release is missing or changed.
        RecordTooNewError: Its manifest is of a newer format.
    """
    if not layout.is_released:
        return
    manifest = open_sound(layout.release)
    named = f"{recipe.data_set} {layout.version}"
    if (manifest.data_set, manifest.version) != (recipe.data_set, layout.version):
        raise ReleaseDamagedError.of(
            layout.release, f"its manifest is of {manifest.data_set} {manifest.version}"
        )
    if maker := _other_maker(manifest, recipe, layout.out):
        way = "a release.name of its own, or another release.version"
        owner = stated_owner(_runs_of(manifest, layout.out), layout.out)
        if owner is not None and not owner.is_file():
            way += f"; if its file was renamed, call it {owner.name} again"
        rule = (
            f"a release is immutable: {named} is another recipe's; "
            f"give recipe `{recipe.name}` {way}"
        )
        raise ReleaseDiffersError(rule, f"made by recipe `{maker}`")
    if manifest.lineage.mode == REVIEWED:
        rule = f"a release is immutable: give the recipe another release.version than {named}"
        raise ReleaseDiffersError(rule, "a version that people's review made")
    if changed := [*_changed_keys(manifest, recipe), *_changed_files(manifest, recipe)]:
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        rule = (
            f"a release is immutable: {named} must be built from what made it; give what has "
            "changed another release.version"
        )
        raise ReleaseDiffersError(rule, f"{', '.join(changed[:_SHOWN])}{more} changed")


def _other_maker(manifest: Manifest, recipe: Buildable, out: Path) -> str | None:
    """The recipe that made a release, where it is another one than this; else None."""
    if manifest.recipe.name != recipe.name:
        return manifest.recipe.name
    owner = other_owner(_runs_of(manifest, out), recipe.path, out)
    return None if owner is None else f"{owner.parent.name}/{owner.name}"


def _runs_of(manifest: Manifest, out: Path) -> Path:
    return out / "runs" / manifest.run.partition("/")[0]


def _changed_keys(manifest: Manifest, recipe: Buildable) -> list[str]:
    """The recipe's keys whose values are not those that the release was made with."""
    before, now = _with_policy(_mapping(manifest.recipe.text)), _mapping(published(recipe))
    whole = [_whole(each, recipe.path) for each in (before, now)]
    # A text that today's schema does not take is held against the other one as it stands.
    old, new = (_keys(each) for each in (whole if None not in whole else (before, now)))
    changed = [name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]
    return [name for name in changed if not _as_then(name, manifest, recipe)]


_JUDGE_TEMPLATE = "generators/mutations/style_judge"


def _as_then(name: str, manifest: Manifest, recipe: Buildable) -> bool:
    """Whether a key says what the release was made with before there was such a key.

    Configs had the names that they have; templates were the shipped ones, whose digests the
    manifest states; mutations were judged by no model; toxic rows were rewrites. Of a taxonomy only
    its name was kept: where a file of one's own has that name, the fingerprints of the stages tell
    whether it is another.
    """
    said: Any = recipe.model_dump(mode="json", by_alias=True)
    for part in name.split("."):
        said = said.get(part) if isinstance(said, dict) else None
    if name == "mutate.judge":
        return said is None and _JUDGE_TEMPLATE not in manifest.templates
    if name == "toxic.from":
        return said == ["rewrites"] and manifest.toxic_seeds is None
    if name == "release.configs":
        return config_names(recipe.data_set, said) == names_among(
            config.name for config in manifest.configs
        )
    if name == "taxonomy":
        return Path(said).stem == recipe.benchmark.replace("-", "_") and not manifest.templates.get(
            OWN_CATEGORIES
        )
    named = said.items() if isinstance(said, dict) else [("", said)]
    return all(
        _is_stated(f"{name}.{style}".rstrip("."), file, manifest, recipe) for style, file in named
    )


_SHIPPED = {
    "rewrite.template": "generators/rewrite",
    "seeds.template": "generators/seeds",
    "moderate.template": "moderators/prompt_moderator",
    "moderate.exchange_template": "moderators/exchange_moderator",
}
"""What the shipped template of a key was called in a manifest of before there was the key."""
_STYLES = "mutate.template."


def _is_stated(key: str, said: object, manifest: Manifest, recipe: Buildable) -> bool:
    """Whether a template of one's own is the one that the release was made with as shipped."""
    style = key.removeprefix(_STYLES)
    of_style = "translate" if style.startswith("translate-") else style
    shipped = f"generators/mutations/{of_style}" if key.startswith(_STYLES) else _SHIPPED.get(key)
    path = located(recipe.folder, said) if isinstance(said, str) else None
    if shipped is None or path is None or not path.is_file():
        return False
    return manifest.templates.get(shipped) == sha256_file(path)


def _mapping(text: str) -> Any:  # noqa: ANN401 - YAML
    try:
        return read_yaml(text)
    except (ValueError, yaml.YAMLError):
        return None


def _with_policy(said: Any) -> Any:  # noqa: ANN401 - YAML
    """A recipe of before moderators had a policy names the one that they had."""
    moderate = said.get("moderate") if isinstance(said, dict) else None
    if not isinstance(moderate, dict):
        return said
    return {**said, "moderate": {"policy": UNSAID, **moderate}}


def _whole(said: Any, path: Path) -> object:  # noqa: ANN401 - YAML
    """What a recipe says, with every default that it leaves out; None where it is none.

    It is published once more first: what a manifest leaves out today, one of then may hold.
    """
    try:
        again = _mapping(published(parse(said, path)))
        return parse(again, path).model_dump(mode="json", by_alias=True)
    except (RefuseryError, TypeError):
        return None


def _keys(said: object) -> dict[str, str]:
    """Each key that decides what is released, with its value on one line."""
    shown = flattened(yaml.safe_dump(_bare(said), sort_keys=False, allow_unicode=True))
    return {name: value for name, value in shown.items() if _decides(name)}


def _decides(name: str) -> bool:
    parts = name.split(".")
    of_model = parts[0] == "models" and len(parts) > 2 and parts[2] in _OF_MODELS
    return name not in _DECIDES_NOTHING and not of_model


def _bare(said: object, key: str = "") -> object:
    """Paths without folders and names on the Hub without revisions, as all of them compare.

    At which commit a source was read, the run's own pins know.
    """
    if isinstance(said, Mapping):
        return {name: _bare(value, str(name)) for name, value in said.items()}
    if isinstance(said, list):
        return [_bare(each, key) for each in said]
    if not isinstance(said, str) or key not in _PATHS:
        return said
    if is_hub_name(said):
        try:
            name = hub_name(said)
        except SourceError:
            return said
        return f"{name.repo}/{name.path}"
    return said if "://" in said else Path(said).name


def _changed_files(manifest: Manifest, recipe: Buildable) -> Iterator[str]:
    """The files of rows and of the taxonomy that have other bytes than those that were read."""
    known = {each.name: each.sha256 for each in manifest.sources}
    said = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for name in dict.fromkeys(_files(said)):
        path = located(recipe.folder, name)
        stated = known.get(Path(name).name)
        if path is not None and path.is_file() and stated not in (None, sha256_file(path)):
            yield f"the bytes of {path.name}"
    for name, digest in own_files_of(recipe).items():
        if manifest.templates.get(name) not in (None, digest):
            yield f"what {name} says"


def _files(said: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """What stands under `from` anywhere in a recipe."""
    if isinstance(said, dict):
        for key, value in said.items():
            if key == "from" and isinstance(value, str):
                yield value
            else:
                yield from _files(value)
    elif isinstance(said, list):
        for each in said:
            yield from _files(each)
