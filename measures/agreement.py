"""How far two raters agree beyond chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from sklearn.metrics import cohen_kappa_score


def observed_agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """The share of rows on which both raters say the same; None without rows.

    Raises:
        ValueError: The raters rated different numbers of rows.
    """
    same = [one == other for one, other in zip(first, second, strict=True)]
    return sum(same) / len(same) if same else None


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa: 1 for full agreement, 0 for what chance would give, negative below it.

    None without rows, and where both raters give one and the same label to every row: chance
    would then agree too, and nothing can be said (0/0).

    Raises:
        ValueError: The raters rated different numbers of rows.
    """
    pairs = list(zip(first, second, strict=True))
    labels = list(dict.fromkeys(label for pair in pairs for label in pair))
    if len(labels) < 2:
        return None
    codes = {label: code for code, label in enumerate(labels)}
    columns = ([codes[pair[side]] for pair in pairs] for side in (0, 1))
    return float(cohen_kappa_score(*columns))
