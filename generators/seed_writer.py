"""Seeds that a language model writes: what it is asked for in a call, and how it answers.

A call is about one cell: a sub-topic of its category, who asks, where, and in which form. Calls of
a later round are shown a few of the seeds that are there already.
"""

from dataclasses import dataclass

from base.digests import digest_of
from generators.answers import answer_part, drawing_part, seed_of, texts_in, texts_schema
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, again, again_part
from taxonomy import Taxonomy

REQUIRED = frozenset({"title"})
"""Places that the template of a call for seeds must have."""

CELL = frozenset({"sub_topic", "role", "setting", "form", "written"})
"""Places by which calls of a category differ; without any they are alike but for their draw."""

OPTIONAL = CELL | {"count", "definition", "language"}
"""Places that it may have."""

_KEY = "seeds"

NONE_WRITTEN = "(none so far)"
"""What stands in the place of written seeds where a call is shown none."""


@dataclass(frozen=True, slots=True)
class SeedCall(Item):
    """A call for seeds as its writer sees it.

    Attributes:
        sub_topic: What the seeds are about.
        role: Who asks.
        setting: Where or when.
        form: What kind of sentence a seed is.
        written: Seeds that are there already, which the writer is not to write again.
    """

    sub_topic: str = ""
    role: str = ""
    setting: str = ""
    form: str = ""
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedWriter:
    """Asks for `count` seeds of the item's category and cell; the item is one call of a round.

    The paper found 20 in one call best; the temperature is that of the authors' code.

    Attributes:
        model: The writer's name in the recipe.
        taxonomy: Whose categories are written for.
        template: The chat to ask with.
        count: Texts in one call.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
        language: The language that is written in, by its English name.

    Example:
        >>> from generators import TEMPLATES
        >>> from inference.templates import load_template
        >>> from taxonomy import load_taxonomy
        >>> asked = load_template(TEMPLATES, "seeds")
        >>> writer = SeedWriter("writer", load_taxonomy("or_bench"), asked, count=5)
        >>> call = SeedCall("c1", "", "illegal", "0.0", None, "burglary", "a nurse")
        >>> "Subject: burglary" in writer.request(call, 0).messages[1].content
        True
    """

    model: str
    taxonomy: Taxonomy
    template: Template
    count: int = 20
    temperature: float = 1.0
    top_p: float | None = None
    max_tokens: int | None = None
    edition: str = ""
    language: str = "English"

    @property
    def digest(self) -> str:
        """Of chat, taxonomy and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens, self.edition, drawing_part())
        asked = (self.template.digest, self.taxonomy.digest, self.count, _KEY)
        places = self.template.places
        told = [self.language] if "language" in places else []
        shown = [NONE_WRITTEN] if "written" in places else []
        read = (answer_part(), again_part())
        return digest_of("seed-writer", self.model, *sampled, *asked, *read, *told, *shown)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about a call; each call and each attempt is a draw of its own."""
        request = ChatRequest(
            self.model,
            self.template.messages(count=str(self.count), **self._values(item)),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=texts_schema(_KEY, self.count),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The texts, tidied; `UnusableError` where there are none."""
        return texts_in(item, reply, _KEY)

    def _values(self, item: Item) -> dict[str, str]:
        category = self.taxonomy.get(item.category)
        values = {
            "title": category.title,
            "definition": category.definition,
            "language": self.language,
        }
        if isinstance(item, SeedCall):
            values |= {
                "sub_topic": item.sub_topic,
                "role": item.role,
                "setting": item.setting,
                "form": item.form,
                "written": _listed(item.written),
            }
        return values


def _listed(texts: tuple[str, ...]) -> str:
    return "\n".join(f"- {' '.join(text.split())}" for text in texts) or NONE_WRITTEN
