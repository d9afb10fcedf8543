"""What the Hub's client raises, as one line that says what to do."""

from __future__ import annotations

from collections.abc import Callable

from flows.errors import SourceError
from flows.sources.hub_names import HubName

_LOGIN = "set HF_TOKEN or log in to the Hub"


def source_error(error: Exception, name: HubName, hint: Callable[[], str] = str) -> SourceError:
    """The error of this project for one of the Hub's client.

    Args:
        error: What was raised; its own text may hold addresses and is not passed on.
        name: What was asked for.
        hint: Finds the nearest file, where there is no such one.
    """
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, LocalEntryNotFoundError):
        cause = error.__cause__
        if not isinstance(cause, Exception) or isinstance(cause, LocalEntryNotFoundError):
            return _out_of_reach(name)
        return source_error(cause, name)
    if isinstance(error, GatedRepoError):
        return SourceError(f"source is gated: accept its terms on the Hub, then {_LOGIN}", name)
    if isinstance(error, RepositoryNotFoundError):
        rule = f"source's repository must be on the Hub, or where it is private: {_LOGIN}"
        return SourceError(rule, name)
    if isinstance(error, RevisionNotFoundError):
        return SourceError("source's revision must be in its repository", name)
    if isinstance(error, EntryNotFoundError):
        return SourceError(f"source must be a file of its repository{hint()}", name)
    if isinstance(error, OfflineModeIsEnabled):
        rule = "source must be in the Hub's cache at a pinned revision where HF_HUB_OFFLINE is set"
        return SourceError(rule, name)
    return _by_status(error, name)


def _by_status(error: Exception, name: HubName) -> SourceError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return SourceError(f"the Hub must let you read the source ({status}): {_LOGIN}", name)
    if status is not None:
        return SourceError(f"the Hub must answer for a source; it said {status}", name)
    if isinstance(error, OSError) and error.strerror and not isinstance(error, ConnectionError):
        rule = f"the Hub's cache on this machine must be writable: {error.strerror}"
        return SourceError(rule, name)
    return _out_of_reach(name)


def _out_of_reach(name: HubName) -> SourceError:
    rule = "the Hub must answer, or its cache hold the source at a pinned revision"
    return SourceError(rule, name)
