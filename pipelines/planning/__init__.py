"""What a run would cost, and what of it would work here, before anything is sent."""

from __future__ import annotations

from pipelines.planning.shared_models import shared_models
from pipelines.planning.values import Finding, ModelCalls, Plan, StagePlan

__all__ = [
    "Finding",
    "ModelCalls",
    "Plan",
    "StagePlan",
    "shared_models",
]
