"""What a model says to itself before it answers, where a server leaves it in the answer's text.

Servers put thoughts into a field of their own, into blocks beside the answer (providers leave both
out), or into the text: as a think block, or as a channel of gpt-oss. They are no part of an answer:
what parses, moderates or judges is given the text without them. The ledger keeps it whole.
"""

from dataclasses import replace

from base.digests import Json, table_part
from inference.types import Reply

_TAGS = ("think", "thinking", "reasoning")
_CHANNEL = "<|channel|>"
_MESSAGE = "<|message|>"
_FINAL = f"{_CHANNEL}final"
_ENDS = ("<|return|>", "<|end|>", _CHANNEL)


def visible_part() -> Json:
    """What `visible` depends on, for a digest."""
    return [_TAGS, _CHANNEL, _MESSAGE, _FINAL, _ENDS, table_part(_LOWER)]


def visible(text: str) -> str:
    """The answer without its reasoning, stripped.

    A think block ends with its closing tag; one that opens the answer and is never closed leaves
    nothing, and a closing tag without an opening one (templates that put the opening tag into the
    prompt) ends a block that began before the answer. Of gpt-oss channels the final one is left.
    Time is linear in the text's length.
    """
    if _CHANNEL in text and _MESSAGE in text:
        return _final_channel(text).strip()
    for tag in _TAGS:
        text = _without_blocks(text, f"<{tag}>", f"</{tag}>")
    return text.strip()


def _without_blocks(text: str, opens: str, closes: str) -> str:
    # Lower case of some letters is longer than they are, so ASCII letters alone are folded.
    folded = text.translate(_LOWER)
    first, close = folded.find(opens), folded.find(closes)
    if close < 0:
        return "" if first >= 0 and not text[:first].strip() else text
    kept: list[str] = []
    place = 0 if 0 <= first < close else close + len(closes)
    while (start := folded.find(opens, place)) >= 0:
        end = folded.find(closes, start)
        if end < 0:
            break
        kept.append(text[place:start])
        place = end + len(closes)
    rest = text[place:]
    # Only a block that opens the answer hides the rest of it: elsewhere a lone tag is a word.
    if not "".join(kept).strip() and folded[place:].lstrip().startswith(opens):
        return ""
    return "".join((*kept, rest))


def _final_channel(text: str) -> str:
    start = text.rfind(_FINAL)
    start = text.find(_MESSAGE, start) if start >= 0 else -1
    if start < 0:
        return ""
    body = text[start + len(_MESSAGE) :]
    ends = [place for end in _ENDS if (place := body.find(end)) >= 0]
    return body[: min(ends)] if ends else body


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


_MARKS = (*(f"</{tag}>" for tag in _TAGS), *(f"<{tag}>" for tag in _TAGS), _CHANNEL)


def without_thoughts(reply: Reply) -> Reply:
    r"""The reply without thoughts in its text; the very same where there are none.

    Example:
        >>> without_thoughts(Reply(text="<think>Is it safe? It is.</think>\n\nsafe")).text
        'safe'
    """
    folded = reply.text.translate(_LOWER)
    if not any(mark in folded for mark in _MARKS):
        return reply
    return replace(reply, text=visible(reply.text))
