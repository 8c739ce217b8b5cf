"""The schema, as Alembic revisions. `HEAD` is what `serve` compares the version row with, without importing Alembic."""

from pathlib import Path

HEAD = "0003"


def is_known(revision: str) -> bool:
    """Whether this version has the revision; one that it has not is of a newer version."""
    return revision.isalnum() and any((Path(__file__).parent / "versions").glob(f"{revision}_*.py"))
