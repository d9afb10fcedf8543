"""How many tokens a call will use, guessed before it is sent."""

from dataclasses import dataclass

from inference.types import ChatRequest, Reply

_LETTERS_PER_TOKEN = 4
_FIRST_GUESS = 256  # output tokens of a model that has not answered yet
_WEIGHT = 0.05  # of the newest answer in the running mean


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call, in and out."""

    input: float = 0.0
    output: float = 0.0

    @property
    def total(self) -> float:
        """Both together."""
        return self.input + self.output


class Estimate:
    """Guesses from a request's length and from what the model answered so far."""

    def __init__(self) -> None:
        self._mean: float | None = None

    def tokens(self, request: ChatRequest) -> Tokens:
        """A quarter of the request's characters in; the running mean out, at most `max_tokens`."""
        letters = sum(len(message.content) for message in request.messages)
        output = _FIRST_GUESS if self._mean is None else self._mean
        if request.max_tokens is not None:
            output = min(output, request.max_tokens)
        return Tokens(letters / _LETTERS_PER_TOKEN, output)

    def learn(self, reply: Reply) -> None:
        """Takes one answer into the mean."""
        output = reply.usage.output_tokens
        if self._mean is None:
            self._mean = float(output)
        else:
            self._mean += _WEIGHT * (output - self._mean)
