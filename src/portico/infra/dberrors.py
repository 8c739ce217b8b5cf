"""What a store can answer besides rows."""

from portico.errors import PorticoError, Unavailable


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or not in time."""

    code = "database_unavailable"
    default_detail = "The database does not answer now: what you sent was not accepted; it is sent again in a few seconds."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, retry_after_s=2)


class ReadTooSlow(Unavailable):
    """A read took longer than its deadline."""

    code = "read_too_slow"
    default_detail = "This took too long and was given up: narrow it down, or try again when there is less to do."


class TextNotStorable(PorticoError):
    """The text holds a character that the database cannot store (PostgreSQL has no U+0000)."""

    code = "text_not_storable"
    title = "Invalid request"
    status = 422
    default_detail = "Remove the invisible character U+0000 from the text and send it again."


class Duplicate(Exception):
    """A row with this key exists. Internal: the service that inserts knows what it means."""


class NoSuchTable(Exception):
    """A table is missing: the store was never migrated. Internal."""


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another: a defect of the caller, since the writer would wait for itself."""
