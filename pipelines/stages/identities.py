"""What models and encoders are, for digests; and how long answers may be.

Under a cap a call is paid for at its longest before it is sent, so that no request may go without.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from artifacts.manifest import ModelIdentity
from artifacts.published_recipe import encoder_name, model_name
from base.digests import Json
from inference.encoders import Encoder
from inference.models import ModelSpec
from pipelines.errors import StageUnknownError
from pipelines.recipe import OrBench, Recipe
from pipelines.recipe.languages import is_asked
from pipelines.recipe.loading import is_folder
from pipelines.recipe.models import Model
from pipelines.recipe.names import references_of
from pipelines.sources.models import to_encoder, to_spec

_ENCODERS = "sentence-transformers"


class Identities:
    """Identities of what a recipe names, each found out once."""

    def __init__(self, recipe: Recipe, embeddings: Path) -> None:
        """Finds out nothing yet."""
        self._recipe = recipe
        self._embeddings = embeddings
        self._encoders: dict[str, str] = {}

    def model(self, name: str) -> str:
        """A model's identity: its name at its endpoint, or the hash of an embedded one's file."""
        spec = to_spec(self._recipe, name)
        return _file_of(spec) if spec.provider == "embedded" else spec.model

    def encoder(self, name: str) -> str:
        """An encoder's identity: the hash of its files."""
        if name not in self._encoders:
            encoder = Encoder(to_encoder(self._recipe, name), self._embeddings)
            self._encoders[name] = encoder.identity
        return self._encoders[name]

    def voters(self) -> list[Json]:
        """The identities behind the moderators, in order."""
        if not isinstance(self._recipe, OrBench):
            raise StageUnknownError("moderators must be those of or-bench", self._recipe.benchmark)
        found = self._recipe.moderate.references()
        return [
            self.model(each.name) if each.kind == "model" else self.encoder(each.name)
            for each in found
        ]

    def all(self, idle: Collection[str] = ()) -> tuple[ModelIdentity, ...]:
        """Every model and encoder that the parts name, with its roles.

        Args:
            idle: Parts that the run does not use.
        """
        return tuple(self._all(idle))

    def _all(self, unused: Collection[str]) -> Iterator[ModelIdentity]:
        roles: dict[tuple[str, str], list[str]] = {}
        for reference in references_of(self._recipe):
            role = reference.key.partition(".")[0]
            if reference.kind == "encoder" and not is_asked(self._recipe, reference.name):
                continue
            if role not in unused and reference.kind in ("model", "encoder"):
                known = roles.setdefault((reference.kind, reference.name), [])
                if role not in known:
                    known.append(role)
        for (kind, name), parts in roles.items():
            role = ", ".join(parts)
            if kind == "model":
                spec = to_spec(self._recipe, name)
                model, identity = model_name(spec.model), model_name(self.model(name))
                yield ModelIdentity(name, role, spec.provider, model, identity)
            else:
                # A folder by its last part alone: where it lies is nobody's business.
                shown = encoder_name(name, lambda given: is_folder(self._recipe, given))
                yield ModelIdentity(shown, role, _ENCODERS, shown, self.encoder(name))


def _file_of(spec: ModelSpec) -> str:
    from inference.embedded.files import identity_of, model_file

    return identity_of(model_file(spec.path))


SEEDS = 4000
"""Tokens for one call's seeds: twenty of them have about 400, more may be asked for."""

REWRITES = 2000
"""Tokens for one seed's rewrites: five of them have about 150."""


def longest(part: int | None, model: Model, default: int) -> int:
    """The largest number of answer tokens: the part's, else the model's, else the stage's own."""
    return part or model.max_tokens or default


MUTATIONS = 2000
"""Tokens for one mutated text: scripts that a tokenizer knows badly take several a letter."""
