"""Turns pydantic's findings into one line that names the rule and the value."""

from collections.abc import Mapping

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


def recipe_error(error: ValidationError, given: Mapping[str, object]) -> RecipeError:
    """The finding to be put right first: an unknown key, else the first one of all.

    Args:
        error: What pydantic found.
        given: What was validated, by which the names of union members are told from keys.
    """
    findings = error.errors(include_url=False)
    first = next((each for each in findings if each["type"] == "unknown_key"), findings[0])
    path = _path(first, given)
    same = [each for each in findings if _path(each, given) == path]
    if first["type"] == "unknown_key":
        return RecipeError(_unknown_key(first, path))
    if first["type"].startswith("union_tag"):
        return _wrong_tag(first, path)
    rule = " or ".join(dict.fromkeys(_says(each) for each in same))
    colon = "" if not path or rule.startswith("must") else ":"
    return RecipeError(f"{'.'.join(path)}{colon} {rule}".strip(), _value(first))


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
