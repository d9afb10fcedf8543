"""What two releases were made from and by: models, templates, recipe keys, sources, columns."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

import yaml

from artifacts.diff.rows import Side
from artifacts.manifest import ModelIdentity, ReleaseFacts, SourceRecord
from artifacts.published_recipe import published
from base.foreign_text import read_yaml
from base.formats import cut, row_count

_LONGEST = 100
_SHOWN_HASH = 12
# It is another one in any two releases, and stands above every comparison.
_LEFT_OUT = ("release.version",)

ValueT = TypeVar("ValueT")


def models_changed(old: ReleaseFacts, new: ReleaseFacts) -> Iterator[str]:
    """A sentence for each model or encoder that is new, gone, another, or in another role."""
    for name, before, now in _pairs(_named(old.models), _named(new.models)):
        if before is None and now is not None:
            yield f"{name} ({now.role}): new, {now.model}"
        elif now is None and before is not None:
            yield f"{name} ({before.role}): gone, was {before.model}"
        elif before is not None and now is not None:
            yield from _model_changed(name, before, now)


def _model_changed(name: str, before: ModelIdentity, now: ModelIdentity) -> Iterator[str]:
    if before.model != now.model:
        yield f"{name} ({now.role}): {before.model} is now {now.model}"
    elif before.identity != now.identity:
        was, became = _short(before.identity), _short(now.identity)
        yield f"{name} ({now.role}): {now.model} has other weights, {was} is now {became}"
    if before.provider != now.provider:
        yield f"{name} ({now.role}): asked by {before.provider}, now by {now.provider}"
    if before.role != now.role:
        yield f"{name}: its part was {before.role}, now {now.role}"


def _named(models: tuple[ModelIdentity, ...]) -> dict[str, ModelIdentity]:
    """The models by name; a model and an encoder of one name are told apart by provider."""
    names = Counter(model.name for model in models)
    return {
        model.name if names[model.name] == 1 else f"{model.name}, {model.provider}": model
        for model in models
    }


def templates_changed(old: ReleaseFacts, new: ReleaseFacts) -> Iterator[str]:
    """A sentence for each prompt template that is new, gone or another."""
    for name, before, now in _pairs(old.templates, new.templates):
        if before is None and now is not None:
            yield f"{name}: new, {_short(now)}"
        elif now is None:
            yield f"{name}: gone"
        elif before is not None and before != now:
            yield f"{name}: {_short(before)} is now {_short(now)}"


def sources_changed(old: ReleaseFacts, new: ReleaseFacts) -> Iterator[str]:
    """A sentence for another licence of the release, and for each changed source."""
    if old.license != new.license:
        yield f"the release's licence: {old.license} is now {new.license}"
    by_name = ({source.name: source for source in facts.sources} for facts in (old, new))
    for name, before, now in _pairs(*by_name):
        if before is None and now is not None:
            yield f"{name}: new, {row_count(now.rows)}, licence {now.license or 'not stated'}"
        elif now is None:
            yield f"{name}: gone"
        elif before is not None:
            yield from (f"{name}: {change}" for change in _source_changed(before, now))


def _source_changed(before: SourceRecord, now: SourceRecord) -> Iterator[str]:
    if before.revision != now.revision:
        yield f"revision {before.revision or 'none'} is now {now.revision or 'none'}"
    elif before.sha256 != now.sha256:
        yield "its bytes have changed"
    if before.license != now.license:
        yield f"licence {before.license or 'not stated'} is now {now.license or 'not stated'}"
    if before.redistribute != now.redistribute:
        yield f"redistribute {_yes(before.redistribute)} is now {_yes(now.redistribute)}"
    if before.rows != now.rows:
        yield f"{row_count(before.rows)} taken, now {now.rows:,}"


def columns_changed(old: Side, new: Side) -> Iterator[str]:
    """A sentence for each column that came, went or has another type, and for its config.

    What has changed in all configs that both have is one sentence.
    """
    found: dict[str, list[str]] = {}
    shared = [name for name in new.columns if name in old.columns]
    for config, before, now in _pairs(old.columns, new.columns):
        if before is None:
            yield f"{config}: a new config"
        elif now is None:
            yield f"{config}: a config that is gone"
        else:
            for said in _of_config(before, now):
                found.setdefault(said, []).append(config)
    for said, configs in found.items():
        if len(configs) == len(shared) > 1:
            yield f"every config: {said}"
        else:
            yield from (f"{config}: {said}" for config in configs)


def _of_config(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for column, was, became in _pairs(before, now):
        if was is None:
            yield f"column {column} is new ({became})"
        elif became is None:
            yield f"column {column} is gone"
        elif was != became:
            yield f"column {column} was {was}, now {became}"


def recipe_changed(old: ReleaseFacts, new: ReleaseFacts) -> Iterator[tuple[str, str, str]]:
    """Key, value before and value now of each changed key; "" where there is none."""
    keys = (flattened(facts.recipe.text) for facts in (old, new))
    for key, before, now in _pairs(*keys):
        if before != now and key not in _LEFT_OUT:
            yield key, cut(before or "", _LONGEST), cut(now or "", _LONGEST)


def flattened(text: str) -> dict[str, str]:
    """A recipe's keys with dots between them, and their values as YAML on one line.

    A list of plain values is one value; of parts, each part stands under its number, from 0. What
    is no YAML has no keys, and what is private in older ones is left out: what is found here goes
    into the next manifest.
    """
    try:
        said = read_yaml(text)
        return dict(_flat("", published(said) if isinstance(said, dict) else said))
    except (ValueError, yaml.YAMLError):
        return {}


def _flat(key: str, value: object) -> Iterator[tuple[str, str]]:
    parts: Iterator[tuple[object, object]] | None = None
    if isinstance(value, dict) and value:
        parts = iter(value.items())
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        parts = iter(enumerate(value))
    if parts is None:
        yield key, _line(value)
        return
    for name, part in parts:
        yield from _flat(f"{key}.{name}" if key else str(name), part)


def _line(value: object) -> str:
    shown = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False
    )
    return " ".join(shown.removesuffix("...\n").split())


def _pairs(
    old: Mapping[str, ValueT], new: Mapping[str, ValueT]
) -> Iterator[tuple[str, ValueT | None, ValueT | None]]:
    """Each name with its old and its new value, names of the old first and in order."""
    for name in dict.fromkeys((*old, *new)):
        yield name, old.get(name), new.get(name)


def _short(identity: str) -> str:
    return identity[:_SHOWN_HASH]


def _yes(value: bool) -> str:
    return "yes" if value else "no"
