"""Refusal judges: keyword rules and judge models, behind one protocol."""
