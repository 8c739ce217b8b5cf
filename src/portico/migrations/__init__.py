"""The schema, as Alembic revisions. `HEAD` is what `serve` compares the version row with, without importing Alembic."""

HEAD = "0003"
