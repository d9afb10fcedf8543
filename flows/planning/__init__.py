"""What a run would cost, and what of it would work here, before anything is sent."""

from __future__ import annotations

from flows.planning.doctor import doctor
from flows.planning.findings import Finding
from flows.planning.plan import plan
from flows.planning.relatives import relatives
from flows.planning.values import ModelCalls, Plan, StagePlan

__all__ = ["Finding", "ModelCalls", "Plan", "StagePlan", "doctor", "plan", "relatives"]
