"""HTTP failures of any provider: what is worth repeating, what ends a model, and how it is told.

Servers repeat what they were sent: prompts in a 400, the key in a 401. A message is shown so that
a person can act on it, and an error line is the last place for a prompt. So only words of a fixed
vocabulary and numbers are kept, and whatever else stands between them becomes one ellipsis.
"""

import email.utils
import re
import time
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from base.foreign_text import read_json
from inference.errors import InferenceError, KeyRefusedError, RequestRefusedError
from inference.providers.base import PermanentError, TransientError
from inference.types import ChatRequest

_PIECES = re.compile(r"[A-Za-z]+(?:['\u2019][a-z]+)?|\d+(?:[.,:]\d+)*|\S")
_LONGEST_NUMBER = 9  # digits; a longer one may be a key or a telephone number
_HIDDEN = "…"
_LOOSE = frozenset(".,:;!?)(")


def plain(message: str, longest: int) -> str:
    """The message with unknown words hidden, at most `longest` characters; "" if little is left.

    Args:
        message: What a server said.
        longest: Characters.
    """
    shown: list[str] = []
    known = 0
    for word in message.split():
        piece = _shown(word)
        known += piece != _HIDDEN
        if not (piece == _HIDDEN and shown and shown[-1] == _HIDDEN):
            shown.append(piece)
    return " ".join(shown)[:longest] if 2 * known > len(shown) else ""


def _shown(word: str) -> str:
    """The word, if all of it is known; punctuation around a known word stays."""
    for piece in _PIECES.findall(word):
        if piece[0].isdigit():
            if sum(each.isdigit() for each in piece) > _LONGEST_NUMBER:
                return _HIDDEN
        elif piece[0].isascii() and piece[0].isalpha():
            if piece.lower().replace("\u2019", "'") not in _vocabulary():
                return _HIDDEN
        elif piece not in _LOOSE and piece not in "'\"`/-_":
            return _HIDDEN
    return word


@cache
def _vocabulary() -> frozenset[str]:
    text = (files("inference.providers") / "error_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


_WORTH_REPEATING = {408, 409, 425, 429}
_TIMED_OUT = {408, 504, 524}  # a proxy's word for it: the server behind may have answered
_NO_ROOM = {429, 529}  # 529 is Anthropic's overload: like 429, it passes with time alone
# What aiohttp and httpx2 call it where no connection came about. `ConnectError` is not among them:
# the aiohttp transport of httpx2 says so of a connection that was lost, too.
_NEVER_CONNECTED = {"ClientConnectorError", "ConnectionTimeoutError", "ConnectTimeout"}
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+){0,6}|\d{1,6}")
_LONGEST_CODE = 64
_LONGEST_DETAIL = 160
_KEY_OR_QUOTA = re.compile(
    r"api_?key|auth|permission|quota|billing|credit|account|subscription|deactivated"
    r"|unsupported_country|consumer_|service_disabled|model_not_found|access_terminated"
)
_PARAMETERS = frozenset(
    "model messages prompt system temperature top_p max_tokens max_completion_tokens seed "
    "random_seed stop stop_sequences logprobs top_logprobs response_format chat_template "
    "output_config output_format reasoning_effort thinking chat_template_kwargs".split()
)
_NAMED = re.compile(
    rf"(?:^|[\s\"'`(])({'|'.join(sorted(_PARAMETERS, key=len, reverse=True))})"
    r"(?=[\"'`]|[.:][\w\s]|\[)"
)
_SAMPLING = "sampling: fixed"
_MENDS: Mapping[str, str] = {
    **dict.fromkeys(("temperature", "top_p", "stop", "stop_sequences"), _SAMPLING),
    "max_tokens": "token_limit: max_completion_tokens",
    "max_completion_tokens": "token_limit: max_tokens",
    **dict.fromkeys(("response_format", "output_format"), "structured: auto"),
    "output_config": "structured: auto, or thinking.effort",
    "thinking": "thinking",
    "reasoning_effort": "reasoning",
    "chat_template_kwargs": "reasoning, or extra_body",
    "chat_template": "template of the setting, left out",
}
_ECHO = 16  # characters of a request's text that make a server's message an echo of it


def failure(
    status: int,
    headers: Mapping[str, str],
    detail: str,
    name: str,
    field: Mapping[str, Any] | None = None,
) -> TransientError | PermanentError:
    """Which of the two ways an HTTP status goes.

    Args:
        status: The status, no success.
        headers: The answer's headers.
        detail: What is told of it, from `describe`.
        name: The model's name in the recipe.
        field: The error object, where there is one: it may tell that the key is at fault.
    """
    if status in _WORTH_REPEATING or status >= 500:
        reason = "rate_limited" if status in _NO_ROOM else "server_error"
        if status in _TIMED_OUT:
            reason = "timeout"
        return TransientError(reason, detail, retry_after(headers))
    error = _error(status, name, detail)
    at_once = status == 401 or _is_of_model(status, field or {})
    return PermanentError(
        _reason(status),
        detail,
        ends_model=error if at_once else None,
        status=status,
        parameter=_parameter(field or {}),
        suspects=error,
    )


def mended_by(parameter: str) -> str:
    """The key of a recipe's model that keeps a refused parameter out of requests; "" for none.

    Example:
        >>> mended_by("temperature")
        'sampling: fixed'
    """
    return _MENDS.get(parameter, "")


def was_sent(error: Exception) -> bool:
    """Whether a request that got no answer may have reached the server."""
    cause: BaseException | None = error
    while cause is not None:
        if _NEVER_CONNECTED & {kind.__name__ for kind in type(cause).__mro__}:
            return False
        cause = cause.__cause__
    return True


def no_credit(name: str, detail: str) -> PermanentError:
    """The account has no credit; no waiting helps, however the server puts it."""
    rule = f"the account of model `{name}` must have credit"
    return PermanentError("no_credit", detail, ends_model=RequestRefusedError(rule, detail))


LONGEST_HEADER = 64
"""Characters of a header that states a limit or a time; what is longer is no statement."""

_DIGITS = re.compile(r"[0-9]{1,12}")
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,12})?")


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date).

    What does not parse is no statement.

    Args:
        headers: The answer's headers.
        now: The wall clock, where the answer does not give its own date; None looks at ours.
    """
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _DIGITS.fullmatch(milliseconds):
        return int(milliseconds) / 1000
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = http_date(value)
    if moment is None:
        return None
    return max(0.0, moment - server_clock(headers, time.time() if now is None else now))


def server_clock(headers: Mapping[str, str], now: float) -> float:
    """The server's own clock in seconds since 1970, so that a wrong one here does no harm.

    Args:
        headers: The answer's headers.
        now: Our clock, which stands in where the answer has no date.
    """
    date = http_date(headers.get("date", ""))
    return now if date is None else date


def http_date(text: str) -> float | None:
    """An HTTP date in seconds since 1970, or None where it is none."""
    if len(text) > LONGEST_HEADER:
        return None
    try:
        parsed = email.utils.parsedate_tz(text)
        return None if parsed is None else float(email.utils.mktime_tz(parsed))
    except (ValueError, OverflowError, TypeError, IndexError):  # the year 99999, among others
        return None


def error_field(body: bytes) -> dict[str, Any]:
    """The error object in an answer's body; empty where there is none.

    Gemini wraps the whole answer in a list, Mistral has no `error` around the fields.
    """
    try:
        value: Any = read_json(body)
    except ValueError:
        return {}
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("error", value)
    return value if isinstance(value, dict) else {"message": value}


# What servers call their own failures where no number stands beside them.
_STATUSES: Mapping[str, int] = {
    "content_filter": 400,
    "content_policy_violation": 400,
    "invalid_prompt": 400,
    "invalid_request_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "insufficient_quota": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "resource_exhausted": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_UNSAID = 500


def status_of(field: Mapping[str, Any]) -> int:
    """The HTTP status that an error object within a success stands for; 500 where it does not say.

    Args:
        field: The error object.
    """
    for name in ("code", "status", "type"):
        said = field.get(name)
        word = str(said) if isinstance(said, int | str) else ""
        if re.fullmatch(r"[45][0-9]{2}", word):
            return int(word)
        if word.lower() in _STATUSES:
            return _STATUSES[word.lower()]
    return _UNSAID


_LONGEST_SAID = 1000  # characters of a server's message that are looked at


def said(field: Mapping[str, Any], name: str) -> str:
    """What an error object says under a name, cut; "" where it is neither text nor a number."""
    value = field.get(name)
    if isinstance(value, str):
        return value[:_LONGEST_SAID]
    is_number = type(value) is int and value and abs(value) < 10**_LONGEST_NUMBER
    return str(value) if is_number else ""


def describe(status: int, field: Mapping[str, Any], request: ChatRequest) -> str:
    """Status, code and message; of the message only what repeats nothing that was sent.

    A message that holds a stretch of the request is left out whole; of any other one, the words
    that every server uses are kept.
    """
    parts = [f"HTTP {status}"]
    words = (said(field, name) for name in ("type", "status", "code"))
    short = (word for word in words if len(word) <= _LONGEST_CODE and word != str(status))
    parts.extend(word for word in short if _CODE.fullmatch(word))
    parts.append(plain(spoken(field, request), _LONGEST_DETAIL))
    return " ".join(part for part in parts if part)


def spoken(field: Mapping[str, Any], request: ChatRequest) -> str:
    """The message of an error object on one line; "" where it repeats what was sent.

    No word of a prompt may pass for the server's, neither in a line nor in what is read from it.
    """
    message = " ".join(said(field, "message").split())
    return "" if echoes(message, request) else message


def echoes(message: str, request: ChatRequest) -> bool:
    """Whether a stretch of the request's text stands in the server's message.

    Of a longer message only the first 1,000 characters are looked at: no more of it is shown.
    """
    message = message[:_LONGEST_SAID]
    texts = [" ".join(turn.content.split()) for turn in request.messages]
    stretches = (message[start : start + _ECHO] for start in range(len(message) - _ECHO + 1))
    return any(len(text) < _ECHO and text in message for text in texts if text) or any(
        stretch in text for stretch in stretches for text in texts
    )


def _reason(status: int) -> str:
    if status in (401, 403):
        return "key_refused"
    if status == 413:
        return "too_large"
    return "not_found" if status == 404 else "bad_request"


def _error(status: int, name: str, detail: str) -> InferenceError | None:
    """What is wrong with the model, if it is not with one request alone."""
    if status in (401, 403):
        return KeyRefusedError(f"the server of model `{name}` must accept the API key", detail)
    if status == 404:
        return RequestRefusedError(
            f"the server of model `{name}` must know the model and path", detail
        )
    return None


def _is_of_model(status: int, field: Mapping[str, Any]) -> bool:
    """Whether a server says that its 403 or 404 concerns the key, the account or the model.

    A firewall before it says neither: its 403 may be meant for one prompt alone.
    """
    words = {said(field, name).lower() for name in ("type", "status", "code", "reason")}
    if status == 403:
        return any(_KEY_OR_QUOTA.search(word) for word in words)
    return status == 404 and "model_not_found" in words


def _parameter(field: Mapping[str, Any]) -> str:
    """The name of the parameter that is refused, if it is one that is sent; else ""."""
    named = field.get("param")
    detail = field.get("detail")
    if named is None and isinstance(detail, list) and detail and isinstance(detail[0], dict):
        places = detail[0].get("loc")  # FastAPI's form, which vLLM and others have
        named = (
            next((each for each in places if each != "body"), None)
            if (isinstance(places, list))
            else None
        )
    first = re.split(r"[.\[]", str(named or ""), maxsplit=1)[0]
    if not first:  # the Messages API names it in its message alone
        found = _NAMED.search(said(field, "message"))
        first = found[1] if found else ""
    return first if first in _PARAMETERS else ""
