"""What a run would cost, and what of it would work here, before anything is sent."""

from pipelines.planning.values import Finding, ModelCalls, Plan, StagePlan
from pipelines.recipe.shared_models import shared_models

__all__ = [
    "Finding",
    "ModelCalls",
    "Plan",
    "StagePlan",
    "shared_models",
]
