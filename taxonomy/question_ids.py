"""The numbers of categories and requests: `question_id = (category - 1) x width + k`."""

from base.did_you_mean import did_you_mean
from taxonomy import Taxonomy

PUBLISHED_WIDTH = 10
"""Ids that each category has in the published files; more where more requests are asked for."""


def width_for(per_category: int) -> int:
    """Ids that each category is given."""
    return max(PUBLISHED_WIDTH, per_category)


def question_id(number: int, place: int, width: int) -> int:
    """The id of a category's request at `place`, from 1."""
    return (number - 1) * width + place


def number_in(question: int, width: int) -> int:
    """The number of the category that an id belongs to."""
    return (question - 1) // width + 1


def number_of(taxonomy: Taxonomy, name: str) -> int:
    """A category's number: the taxonomy's own, else its place in the list."""
    return taxonomy.numbers[name]


def category_named(taxonomy: Taxonomy, given: str) -> str | None:
    """The category that a table calls by its name or its number; None where there is none."""
    wanted = given.strip()
    for name, number in taxonomy.numbers.items():
        if wanted.lower() == name or wanted == str(number):
            return name
    return None


def nearest_category(taxonomy: Taxonomy, given: str) -> str:
    """A hint with the nearest name, or "" where none is near."""
    return did_you_mean(given.strip().lower(), taxonomy.names)
