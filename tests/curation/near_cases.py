"""Random texts with planted near duplicates, and the plainest way to remove them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.drift import published
from curation.rows import Candidate, Dropped

DIMENSIONS = 16
GROUPS = ("harmful", "illegal", "violence")


@dataclass(frozen=True)
class Case:
    """Rows in the caller's order, and the exact vector of each text."""

    rows: list[Candidate]
    vectors: dict[str, list[float]]

    def exact(self) -> NDArray[np.float64]:
        """The float32 vectors that an encoder would give, row by row, for sums in float64."""
        rows = [self.vectors[row.text] for row in self.rows]
        return np.asarray(rows, np.float32).astype(np.float64)


def planted(seed: int, size: int, groups: tuple[str, ...] = GROUPS) -> Case:
    """Rows of which about half are a step away from an earlier one, some just at 0.92."""
    random = np.random.default_rng(seed)
    points: list[np.ndarray] = []
    for _ in range(size):
        fresh = random.normal(size=DIMENSIONS)
        if points and random.random() < 0.5:
            base = points[random.integers(len(points))]
            across = fresh - (fresh @ base) * base
            target = random.choice([0.92 + random.normal() * 0.003, random.uniform(0.8, 1.0)])
            angle = np.arccos(min(1.0, target))
            fresh = np.cos(angle) * base + np.sin(angle) * across / np.linalg.norm(across)
        points.append(fresh / np.linalg.norm(fresh))
    rows = [
        Candidate(f"row-{place}", f"text {place}", str(random.choice(groups)))
        for place in range(size)
    ]
    return Case(rows, {row.text: list(point) for row, point in zip(rows, points, strict=True)})


def brute_force(case: Case, threshold: float) -> tuple[tuple[str, ...], tuple[Dropped, ...]]:
    """Compares each row with every kept row of its group, first seen first."""
    kept: dict[str, list[int]] = {}
    dropped: dict[int, Dropped] = {}
    vectors = case.exact()
    for place, row in enumerate(case.rows):
        firsts = kept.setdefault(row.group, [])
        scores = vectors[firsts] @ vectors[place]
        near = np.flatnonzero(scores >= threshold)
        if near.size:
            first, score = case.rows[firsts[near[0]]].row, min(1.0, float(scores[near[0]]))
            dropped[place] = Dropped(row.row, "near_duplicate", first, published(score))
        else:
            firsts.append(place)
    left = tuple(row.row for place, row in enumerate(case.rows) if place not in dropped)
    return left, tuple(dropped.values())
