"""Any text made safe for a page: what HTML and JSON cannot hold never reaches them."""

from __future__ import annotations

import base64
import hashlib
import json
import re

_BROKEN = "\ufffd"
# HTML knows no control characters but tab and line feed, and UTF-8 no lone surrogates.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_IN_SCRIPT = str.maketrans(
    {sign: f"\\u{ord(sign):04x}" for sign in ("<", ">", "&", "\u2028", "\u2029")}
)


def clean(text: str) -> str:
    """The text with each character that a page cannot hold replaced by U+FFFD."""
    return _UNFIT.sub(_BROKEN, text.replace("\r\n", "\n").replace("\r", "\n"))


def embedded(data: object) -> str:
    """JSON that may stand between script tags: it holds no sign that ends or opens one."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)


def csp_hash(source: str) -> str:
    """How a content security policy names an inline script or style sheet."""
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
