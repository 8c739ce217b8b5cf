"""The revision that `serve` compares a store with is Alembic's own head, and its history is one line."""

import sqlite3
from pathlib import Path

from alembic.script import ScriptDirectory

from portico.migrations import HEAD
from portico.migrations.upgrade import upgrade
from tests.house import tree


def _history() -> ScriptDirectory:
    return ScriptDirectory(str(tree.SOURCE / "migrations"))


def test_the_constant_is_the_head_of_the_history() -> None:
    assert _history().get_heads() == [HEAD]


def test_no_revision_has_two_parents() -> None:
    assert all(not isinstance(revision.down_revision, tuple) for revision in _history().walk_revisions())


def test_what_an_older_version_wrote_and_still_writes_has_every_value(tmp_path: Path) -> None:
    path = tmp_path / "portico.db"
    upgrade(f"sqlite:///{path}", "0001")
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO users (id, name, role, created) VALUES ('u', 'Ada', 'member', 1)")
        old.execute("INSERT INTO conversations (id, user_id, title, created, updated) VALUES ('c', 'u', 'Plan', 1, 2)")
    upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as new:
        # The version before goes on writing while replicas are replaced.
        new.execute("INSERT INTO conversations (id, user_id, title, created, updated) VALUES ('d', 'u', 'More', 1, 2)")
        rows = new.execute("SELECT id, title, folder_id, pinned, archived, unread FROM conversations ORDER BY id").fetchall()
    assert rows == [("c", "Plan", None, 0, 0, 0), ("d", "More", None, 0, 0, 0)]
