"""Sorting prompts into a taxonomy: classifiers, one model each, and the rule over their votes."""

from __future__ import annotations

from moderators.classify.classifier import CategoryVote, Classifier
from moderators.classify.rules import CategoryDecision, decide_category

__all__ = [
    "CategoryDecision",
    "CategoryVote",
    "Classifier",
    "decide_category",
]
