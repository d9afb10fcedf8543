"""What a flow or a task may raise: Prefect stores what errors say, so that none quotes a row."""

import copy
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from base.errors import RefuseryError
from base.problems import all_of
from pipelines.errors import PipelineError


class PrefectUnusableError(PipelineError):
    """What the environment says of Prefect cannot be used."""

    exit_code = 2


class PrefectLostError(PipelineError):
    """Prefect's server does not start, or stops to answer during a run."""


class LibraryError(PipelineError):
    """An error of a library, or of the program, with its type alone; it came from the error itself.

    Attributes:
        contained: That the error behind it is one to be reported, not to be shown.
    """

    contained = True


@contextmanager
def contained() -> Iterator[None]:
    """What leaves the block is an error of ours; one of a library is known by its type alone.

    Raises:
        LibraryError: Something else was raised, a panic of polars among it.
    """
    try:
        yield
    except RefuseryError as error:
        if not error.others:
            raise
        raise as_one(error) from error
    except Exception as error:
        raise _named(error) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # polars has it, and gives no name to import
            raise _named(error) from error
        raise


def as_one(error: RefuseryError) -> RefuseryError:
    """An error that says all that it carries, a line each: Prefect shows what one error says."""
    whole = copy.copy(error)
    whole.args = ("\n".join(dict.fromkeys(str(each) for each in all_of(error))),)
    whole.others = ()
    return whole


def _named(error: BaseException) -> LibraryError:
    return LibraryError("the program or a library failed", type(error).__name__)


def limit_hint() -> str:
    """What to say where a limit of the shell may be why a server cannot write."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if most == resource.RLIM_INFINITY:
        return ""
    return f"; its database must have room, and `ulimit -f` allows files of {most:,} bytes"
