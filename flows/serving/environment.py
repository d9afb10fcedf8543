"""How Prefect behaves here: it calls nobody, and keeps no log lines."""

from __future__ import annotations

import os

QUIET = {
    # Nothing calls home.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Runs end with a line of ours; a traceback might quote a row.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


def be_quiet() -> None:
    """Sets what is not set yet; to be called before Prefect is imported. Runs inherit it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
