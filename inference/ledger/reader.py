"""What a ledger holds, read without a run: nothing is written, and no use is counted."""

from pathlib import Path

import sqlalchemy as sa

from inference.ledger.database import connect, is_url, refusing, shown
from inference.ledger.tables import REPLIES, USES, checksum_of


class StoredReplies:
    """A ledger's replies, read without a run: nothing is written and no use is counted.

    Raises:
        LedgerError: It cannot be read.
    """

    def __init__(self, where: Path | str) -> None:
        """Opens a ledger that is there."""
        self._where = shown(where)
        with refusing(self._where):
            self._engine = connect(where)
            self._connection = self._engine.connect()

    def get(self, key: str) -> bytes | None:
        """The reply under a key; None where there is none, or a damaged one."""
        columns = (REPLIES.c.reply, REPLIES.c.checksum, REPLIES.c.encoding)
        query = sa.select(*columns).where(REPLIES.c.key == key)
        with refusing(self._where), self._connection.begin():
            row = self._connection.execute(query).one_or_none()
        if row is None or not isinstance(row.reply, bytes):
            return None
        form = None if row.encoding is None else decoded(row.encoding)
        is_sound = row.checksum is None or row.checksum == checksum_of(key, form, row.reply)
        return row.reply if is_sound else None

    def close(self) -> None:
        """Closes it. The object is of no use afterwards."""
        self._connection.close()
        self._engine.dispose()


def uses_of(where: Path | str, run: str) -> dict[tuple[str, str], int]:
    """How many replies a run used, by (stage, model); nothing is written.

    Args:
        where: The ledger's path or URL, as for `Ledger`.
        run: The run's name.

    Raises:
        LedgerError: It cannot be read.
    """
    if not is_url(where) and not Path(where).exists():
        return {}
    by = (text_of(USES.c.stage), text_of(REPLIES.c.model))
    joined = USES.join(REPLIES, USES.c.key == REPLIES.c.key)
    query = sa.select(*by, sa.func.count()).select_from(joined).where(USES.c.run == run)
    with refusing(shown(where)):
        engine = connect(where)
        try:
            with engine.connect() as connection:
                rows = connection.execute(query.group_by(*by)).all()
        finally:
            engine.dispose()
    return {(decoded(stage), decoded(model)): int(count) for stage, model, count in rows}


def text_of(name: "sa.ColumnElement[str]") -> "sa.ColumnElement[bytes]":
    """A name as bytes, whatever a damaged file says that it is."""
    return sa.cast(name, sa.LargeBinary)


def decoded(name: object) -> str:
    """A name that was read as bytes; "" for what is none."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
