"""Prefect and nothing else: flows, tasks, task runners, deployments."""
