"""How many rows a model's server may refuse: rows that no other run would get an answer to.

A server that refuses one request and serves the others (a firewall on a toxic prompt, a text that
is too long for this model) leaves that row without its answer for good. A few such rows are data;
many are a model that is asked in the wrong way, and no release should be made of what it left.
"""

from collections.abc import Mapping

from pipelines.errors import StageFailedError

_SHARE = 50  # one row in so many: 2 %
_FEWEST = 5


def most_refused(rows: int, allowed: int | None = None) -> int:
    """How many of so many rows may be refused.

    Args:
        rows: Rows that the model was asked about.
        allowed: The recipe's `max_missing`; None for 2 % and never fewer than 5.

    Example:
        >>> most_refused(100), most_refused(1000), most_refused(1000, 3)
        (5, 20, 3)
    """
    return max(_FEWEST, rows // _SHARE) if allowed is None else allowed


def require_few_refused(
    asked: Mapping[str, int], refused: Mapping[str, int], allowed: int | None, what: str
) -> None:
    """Ends what has more rows refused than it may have.

    Args:
        asked: Rows that asked each model.
        refused: Rows of which each model's server refused a request twice.
        allowed: The recipe's `max_missing`.
        what: Which stage or verb it is.

    Raises:
        StageFailedError: A model's bound is passed; the first one by name is told.
    """
    for model, count in sorted(refused.items()):
        rows = asked.get(model, 0)
        most = most_refused(rows, allowed)
        if count > most:
            why = "" if allowed is not None else ", 2 % of them and never fewer than 5"
            rule = (
                f"{what} may have at most {most} of {rows} rows that the server of model "
                f"`{model}` refuses as they are (max_missing{why}); what was answered is kept: "
                "mend the server or raise max_missing, and run the same command again"
            )
            raise StageFailedError(rule, count)
