"""What the configs of an over-refusal set are called, and what each of them is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["main", "hard", "toxic"]
Form: TypeAlias = Literal["plain", "paper"]

_ENDINGS: dict[Role, dict[Form, str]] = {
    "main": {"plain": "main", "paper": "80k"},
    "hard": {"plain": "hard", "paper": "hard-1k"},
    "toxic": {"plain": "toxic", "paper": "toxic"},
}


@dataclass(frozen=True, slots=True)
class ConfigNames:
    """The names of the configs of one over-refusal set.

    Attributes:
        main: All prompts that are called safe.
        hard: Those of them that much of the panel refuses.
        toxic: Prompts that are called toxic, as a check.
    """

    main: str
    hard: str
    toxic: str


def config_names(release: str, form: Form = "plain") -> ConfigNames:
    """The names of a set's configs.

    Args:
        release: The data set's name.
        form: `paper` for names that state the sizes of OR-Bench's own set (80,000 and about 1,000
            rows; Cui et al. 2024, section 3), `plain` for names that are true of any.

    Example:
        >>> config_names("or-bench").main, config_names("or-bench", "paper").hard
        ('or-bench-main', 'or-bench-hard-1k')
    """
    return ConfigNames(*(f"{release}-{endings[form]}" for endings in _ENDINGS.values()))


def role_of(config: str) -> Role | None:
    """What a config of an over-refusal set is, told by its name; None for any other name.

    Example:
        >>> role_of("or-bench-80k"), role_of("mine-hard"), role_of("caesar")
        ('main', 'hard', None)
    """
    for role, endings in _ENDINGS.items():
        if any(config.endswith(f"-{ending}") for ending in endings.values()):
            return role
    return None


def names_among(configs: Iterable[str]) -> ConfigNames | None:
    """The names that a finished set's configs have; None where one of the three is not there."""
    by_role = {role: name for name in configs if (role := role_of(name)) is not None}
    if len(by_role) < len(_ENDINGS):
        return None
    return ConfigNames(by_role["main"], by_role["hard"], by_role["toxic"])


def same_config(given: str, configs: Collection[str]) -> str | None:
    """The config that a name means: itself, or the one that is the same part of the set.

    A config may have been renamed since a name was written down: `or-bench-80k` is read as
    `or-bench-main`.

    Example:
        >>> same_config("or-bench-80k", ["or-bench-main", "or-bench-hard", "or-bench-toxic"])
        'or-bench-main'
    """
    if given in configs:
        return given
    role = role_of(given)
    found = [name for name in configs if role is not None and role_of(name) == role]
    return found[0] if len(found) == 1 else None
