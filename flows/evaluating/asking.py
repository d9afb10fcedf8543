"""How a target is asked in a setting."""

from __future__ import annotations

from dataclasses import dataclass, replace

from base.digests import digest_of
from flows.errors import RecipeError
from flows.recipe import Evaluation
from flows.recipe.evaluate import Setting
from flows.recipe.models import OpenAIModel
from flows.recipe.panel import Target
from flows.recipe.specs import located
from inference.types import ChatRequest, Item, Reply
from moderators.asking import Answer, AnswerAtom


@dataclass(frozen=True, slots=True)
class SettingAtom:
    """Asks one model one prompt in one setting.

    Attributes:
        asked: Who is asked, and with what temperature, system prompt and longest answer.
        top_p: Nucleus mass; None for the server's own.
        template: A chat template, or None for the model's own.
    """

    asked: AnswerAtom
    top_p: float | None = None
    template: str | None = None

    @property
    def digest(self) -> str:
        """Of who is asked and how; the model's identity is not known here."""
        return digest_of("setting", self.asked.digest, self.top_p, self.template)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The prompt as it is, after the system prompt where there is one."""
        request = self.asked.request(item, tries)
        return replace(request, top_p=self.top_p, chat_template=self.template)

    def parse(self, item: Item, reply: Reply) -> Answer:
        """The answer; every reply is one, or says why it is none."""
        return self.asked.parse(item, reply)


def asking(recipe: Evaluation, target: Target, setting: Setting) -> SettingAtom:
    """What a target says of itself goes before the setting.

    Raises:
        RecipeError: A chat template is not there, or the target's server takes none.
    """
    temperature = setting.temperature if target.temperature is None else target.temperature
    system = setting.system if target.system is None else target.system
    atom = AnswerAtom(target.model, setting.max_tokens, temperature, system)
    return SettingAtom(atom, setting.top_p, _template(recipe, target, setting))


def _template(recipe: Evaluation, target: Target, setting: Setting) -> str | None:
    if setting.template is None:
        return None
    model = recipe.models[target.model]
    if not isinstance(model, OpenAIModel) or model.api != "chat":
        rule = "a setting with a template must be for models of provider openai, api chat"
        raise RecipeError(rule, target.name)
    path = located(recipe.folder, setting.template)
    if path is None or not path.is_file():
        raise RecipeError("a setting's template must be a file that is there", setting.template)
    return path.read_text(encoding="utf-8")
