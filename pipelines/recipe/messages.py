"""Turns pydantic's findings into lines that name the rule and the value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from base.did_you_mean import did_you_mean
from pipelines.errors import RecipeError

_LONGEST_VALUE = 60
_SAYS = {
    "model_type": "must be a mapping of keys",
    "model_attributes_type": "must be a name or a mapping of keys",
    "dict_type": "must be a mapping of keys",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "missing": "must be given",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that breaks the schema.

    Attributes:
        path: The keys that lead to it.
        error: Rule and value.
        missing: Whether what should stand there does not.
        hint: Of an unknown key: the hint with the nearest known one.
    """

    path: tuple[str, ...]
    error: RecipeError
    missing: bool = False
    hint: str = ""


def recipe_error(error: ValidationError, given: Mapping[str, object]) -> RecipeError:
    """The finding to be put right first: an unknown key, else the first one of all.

    Args:
        error: What pydantic found.
        given: What was validated, by which the names of union members are told from keys.
    """
    return breaches_of(error, given)[0].error


def breaches_of(error: ValidationError, given: Mapping[str, object]) -> list[Breach]:
    """All that breaks the schema, each place once: unknown keys, then the others in their order."""
    findings = error.errors(include_url=False)
    unknown = [each for each in findings if each["type"] == "unknown_key"]
    found: dict[tuple[str, ...], Breach] = {}
    for finding in unknown:
        path = _path(finding, given)
        context = finding["ctx"]
        breach = Breach(
            (*path, context["key"]),
            RecipeError(_unknown_key(finding, path), _value(finding)),
            hint=context["hint"],
        )
        found.setdefault(breach.path, breach)
    for finding in findings:
        path = _path(finding, given)
        if finding not in unknown and not _is_told(path, found):
            found[path] = _breach(finding, path, findings, given)
    return [each for each in found.values() if not _is_above(each, found)]


def _is_above(breach: Breach, found: Mapping[tuple[str, ...], Breach]) -> bool:
    """Whether more is known of a place inside: `all` or a list, of which an entry is wrong."""
    depth = len(breach.path)
    return depth > 0 and any(len(path) > depth and path[:depth] == breach.path for path in found)


def _is_told(path: tuple[str, ...], found: Mapping[tuple[str, ...], Breach]) -> bool:
    """Whether something is known of a place: what is wrong there, or the key meant for it."""
    meant = (each for each in found.values() if each.hint and each.path[:-1] == path[:-1])
    return path in found or any(f"`{path[-1]}`" in each.hint for each in meant if path)


def _breach(
    finding: ErrorDetails,
    path: tuple[str, ...],
    findings: Sequence[ErrorDetails],
    given: Mapping[str, object],
) -> Breach:
    if finding["type"].startswith("union_tag"):
        return Breach(path, _wrong_tag(finding, path))
    same = [each for each in findings if _path(each, given) == path]
    rule = " or ".join(dict.fromkeys(_says(each) for each in same))
    colon = "" if not path or rule.startswith("must") else ":"
    error = RecipeError(f"{'.'.join(path)}{colon} {rule}".strip(), _value(finding))
    own = finding.get("ctx", {}).get("key")
    missing = finding["type"] == "missing" or finding["input"] is None
    return Breach((*path, own) if isinstance(own, str) else path, error, missing)


def _path(finding: ErrorDetails, given: object) -> tuple[str, ...]:
    """The keys that lead to a finding, without the union members that pydantic puts between."""
    path: list[str] = []
    for step in finding["loc"]:
        if isinstance(given, Mapping) and step in given:
            given = given[step]
        elif isinstance(given, list | tuple) and isinstance(step, int):
            given = given[step]
        else:
            continue
        path.append(str(step))
    if finding["type"] == "missing":
        path.append(str(finding["loc"][-1]))
    return tuple(path)


def _unknown_key(finding: ErrorDetails, path: tuple[str, ...]) -> str:
    context = finding["ctx"]
    where = f" in {'.'.join(path)}" if path else ""
    return f"unknown key `{context['key']}`{where}{context['hint']}"


def _wrong_tag(finding: ErrorDetails, path: tuple[str, ...]) -> RecipeError:
    context = finding["ctx"]
    key = ".".join((*path, str(context["discriminator"]).strip("'")))
    expected = context.get("expected_tags")
    if expected is None:
        return RecipeError(f"{key} must be given")
    return RecipeError(f"{key} must be one of {expected.replace(chr(39), '')}", context["tag"])


def _says(finding: ErrorDetails) -> str:
    kind = finding["type"]
    if finding["input"] is None:
        return "must be given"
    if kind in _SAYS:
        return _SAYS[kind]
    if kind == "literal_error":
        expected = finding["ctx"]["expected"].replace("'", "")
        known = expected.replace(" or ", ", ").split(", ")
        return f"must be {expected}{did_you_mean(finding['input'], known)}"
    return finding["msg"].replace("Input should be", "must be")


def _value(finding: ErrorDetails) -> str:
    if finding["type"] in ("missing", "secret") or finding["input"] is None:
        return ""
    context = finding.get("ctx", {})
    if "value" in context:
        return str(context["value"])
    given = finding["input"]
    if isinstance(given, Mapping | list | tuple):
        return ""
    text = repr(given) if isinstance(given, str) else str(given)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
