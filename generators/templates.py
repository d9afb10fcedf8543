"""The prompt templates of writers: files beside this module."""

from __future__ import annotations

from pathlib import Path

from inference.templates import Template, load_template

_HERE = Path(__file__).parent / "templates"


def load(name: str) -> Template:
    """Reads the shipped template `name`.md.

    Raises:
        TemplateInvalidError: There is none of that name.
    """
    return load_template(_HERE, name)
