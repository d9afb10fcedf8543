"""The examples that a template of one's own may hold, as texts that no rewrite may copy."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from string import Template as Placeholders

from base.digests import Json, pattern_part
from base.foreign_text import valid_text
from inference.templates import Template

_QUOTED = re.compile(
    r'"((?:[^"\\\n]|\\[^\n])*+)"|\u201c([^\u201c\u201d\n]*+)\u201d'
    r"|\u00ab([^\u00ab\u00bb\n]*+)\u00bb|\u300c([^\u300c\u300d\n]*+)\u300d"
    r"|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))++)'(?!\w)"
)
"""What stands in quotes; an apostrophe opens and closes nothing."""

_ITEM = re.compile(r"(?:[-*+\u2022]|\(?\d{1,3}[.):])\s++")
_LEAD = re.compile(r": |\uff1a")
_JSON = ("{", "[", '"')
_NAME = re.compile(r"[\w.-]*+\Z", re.ASCII)
"""One word in Latin letters, as a label or a key of JSON is, and no example."""


def template_examples_part() -> Json:
    """What `template_examples` depends on, for a digest."""
    return [_JSON, *(pattern_part(each) for each in (_QUOTED, _ITEM, _LEAD, _NAME))]


@lru_cache(maxsize=16)
def template_examples(template: Template) -> tuple[str, ...]:
    r"""All that may be an example in a template, each text once.

    That is each line without a place, less the mark of a list's item; what stands before and after
    its first colon; and each text in quotes that has no place, such as the values of JSON.

    Example:
        >>> template_examples(Template('@user\nAs in: Sing!\nNot $seed, but "Hum a tune."', ""))
        ('As in: Sing!', 'As in', 'Sing!', 'Hum a tune.')
    """
    lines = (line.strip() for line in template.text.splitlines())
    found = (text for line in lines if not line.startswith("@") for text in _texts(line))
    return tuple(dict.fromkeys(text for text in found if text))


def _texts(line: str) -> Iterator[str]:
    marked = _ITEM.match(line)
    bare = line[marked.end() :] if marked else line
    if (whole := _without_dollars(bare)) is not None:
        yield whole
        parts = [] if whole.startswith(_JSON) else _LEAD.split(whole, maxsplit=1)[:2]
        yield from (part.strip() for part in parts if not _NAME.match(part.strip()))
    for quoted in _QUOTED.finditer(bare):
        text = next(group for group in quoted.groups() if group is not None)
        if quoted[0].startswith('"'):
            text = _of_json(quoted[0], text)
        said = _without_dollars(text.strip())
        if said is not None and not _NAME.match(said):
            yield said


def _without_dollars(text: str) -> str | None:
    """The text as a model reads it; None where it has a place."""
    names = Placeholders(text).get_identifiers() if "$" in text else ()
    return None if names else text.replace("$$", "$")


def _of_json(quoted: str, text: str) -> str:
    """A text as its JSON string says it; as it stands where that is none."""
    with suppress(ValueError):
        return valid_text(str(json.loads(quoted, strict=False)))
    return text
