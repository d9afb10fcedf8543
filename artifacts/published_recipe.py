"""What of a recipe may be handed on: all but addresses, names of keys, and folders.

A recipe is compared in this form too: where a server runs, and where a file lies, is no difference
between two releases.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

PUBLIC_APIS = frozenset(
    (
        *("api.openai.com", "eu.api.openai.com", "us.api.openai.com", "api.anthropic.com"),
        *("openrouter.ai", "api.together.xyz", "api.groq.com", "api.mistral.ai", "api.x.ai"),
        *("api.deepseek.com", "api.fireworks.ai", "api.deepinfra.com", "api.cerebras.ai"),
        *("generativelanguage.googleapis.com", "api.cohere.ai", "api.cohere.com"),
        *("router.huggingface.co", "integrate.api.nvidia.com", "dashscope-intl.aliyuncs.com"),
    )
)
"""Hosts that are everybody's and tell nothing of who asks. Any other may be somebody's own."""

_HUB = "hf://"
_MODELS = "models"
_PRIVATE = frozenset(("key_env",))
_OF_SERVERS = frozenset(("headers", "query", "key_header"))
FILE_KEYS = frozenset(("path", "template", "from", "against", "taxonomy", "decisions"))
"""Keys of a recipe whose values are files, and are handed on without their folders."""
_HOST = re.compile(r"(?:[^\s/@]+@)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?::\d+)?")
_PORT = re.compile(r"[^\s:]+:\d{1,5}")


def published(
    said: Mapping[str, Any], is_folder: Callable[[str], bool] = lambda name: False
) -> dict[str, Any]:
    """What a recipe says, less what is private in it.

    Args:
        said: The recipe by its keys in YAML.
        is_folder: Whether the name of an encoder, such as `mine/encoder`, is a folder of this
            machine and no name on the Hub.

    Example:
        >>> published({"dedup": {"encoder": "/home/ann/encoder", "threshold": 0.9}})
        {'dedup': {'encoder': 'encoder', 'threshold': 0.9}}
    """
    found = {key: _part(key, value, is_folder) for key, value in said.items()}
    models = found.get(_MODELS)
    if isinstance(models, dict):
        found[_MODELS] = {name: _model(each) for name, each in models.items()}
    return found


def private_keys(said: Mapping[str, Any]) -> Iterator[str]:
    """The keys, with dots between them, whose values `published` leaves out or shortens."""
    yield from _unlike(said, published(said))


def _unlike(before: object, after: object, at: str = "") -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name, value in before.items():
            key = f"{at}.{name}" if at else str(name)
            if name in after:
                yield from _unlike(value, after[name], key)
            else:
                yield key
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=True):
            yield from _unlike(one, other, at)
    elif before != after:
        yield at


def _part(key: str, value: object, is_folder: Callable[[str], bool]) -> Any:  # noqa: ANN401 - YAML
    if isinstance(value, Mapping):
        parts = ((name, each) for name, each in value.items() if name not in _PRIVATE)
        return {name: _part(str(name), each, is_folder) for name, each in parts}
    if isinstance(value, list | tuple):
        return [_part(key, each, is_folder) for each in value]
    if not isinstance(value, str) or key == "label":
        return value
    if key in FILE_KEYS:
        return file_name(value)
    if key == "model":
        return model_name(value)
    return encoder_name(value, is_folder) if key == "encoder" else without_addresses(value)


def _model(said: object) -> object:
    if not isinstance(said, dict):
        return said
    address, label = said.get("base_url"), said.get("label")
    left_out = {*_OF_SERVERS}
    if address is not None and not is_public(address):
        left_out.add("base_url")
    if isinstance(label, str) and is_address(label):
        left_out.add("label")
    return {name: value for name, value in said.items() if name not in left_out}


def is_public(address: object) -> bool:
    """Whether an address is that of a known public API, and nothing more."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        bare = parts.port is None and "@" not in parts.netloc
    except ValueError:
        return False
    bare = bare and parts.scheme == "https" and not (parts.query or parts.fragment)
    return bare and parts.hostname in PUBLIC_APIS


def is_address(label: str) -> bool:
    """Whether a text says where a server is, as a label may; the host of a public API does not."""
    if label in PUBLIC_APIS:
        return False
    if "://" in label or "@" in label or label.lower() == "localhost":
        return True
    if without_addresses(label) != label:
        return True
    try:
        ipaddress.ip_address(label.strip("[]"))
    except ValueError:
        host, _, rest = label.partition("/")
        named = _HOST.fullmatch(host) or _PORT.fullmatch(host)
        return bool(named) or _is_path(label) or bool(rest and host.count("."))
    return True


_URL = re.compile(r"https?://(?:\[[0-9a-fA-F:.]{2,45}\])?[^\s\"'<>)\]}]{1,2000}", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)(?::\d{1,5})?")
_OWN = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
_HIDDEN = "(an address)"


def without_addresses(text: str) -> str:
    """A text, such as a system prompt, without the addresses of machines of one's own in it.

    Example:
        >>> without_addresses("Ask http://10.0.0.7:8000/v1, or see https://example.org/a.")
        'Ask (an address), or see https://example.org/a.'
    """
    return _NUMBERS.sub(_shown_number, _URL.sub(_shown_url, text))


def _shown_url(found: re.Match[str]) -> str:
    whole = found.group()
    address = whole.rstrip(".,:;!?")
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        host, parts = "", None
    is_own = parts is None or "@" in parts.netloc or "." not in host or host.endswith(_OWN)
    if is_own or _is_private(host):
        return _HIDDEN + whole[len(address) :]
    return whole


def _shown_number(found: re.Match[str]) -> str:
    return _HIDDEN if _is_private(found.group().partition(":")[0]) else found.group()


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def file_name(path: str) -> str:
    """A file's name without its folder; a name on the Hub whole.

    Example:
        >>> file_name("/home/ann/seeds.csv"), file_name("hf://owner/name/seeds.csv")
        ('seeds.csv', 'hf://owner/name/seeds.csv')
    """
    if path.startswith(_HUB):
        return path
    if "://" in path:
        path = PurePosixPath(path.partition("?")[0].partition("#")[0]).name
    return PureWindowsPath(path).name or "."


def model_name(name: str) -> str:
    """A model's name as its server knows it, less the folder where that name is a file's path."""
    return file_name(name) if _is_path(name) else name


def encoder_name(name: str, is_folder: Callable[[str], bool] = lambda name: False) -> str:
    """An encoder's name: of a folder its last part, of one on the Hub owner and name."""
    return file_name(name) if _is_path(name) or ("/" in name and is_folder(name)) else name


def _is_path(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith(("/", "~", ".")) or "\\" in name or bool(windows.drive) or "://" in name
