"""The revision that `serve` compares a store with is Alembic's own head, and its history is one line."""

from alembic.script import ScriptDirectory

from portico.migrations import HEAD
from tests.house import tree


def _history() -> ScriptDirectory:
    return ScriptDirectory(str(tree.SOURCE / "migrations"))


def test_the_constant_is_the_head_of_the_history() -> None:
    assert _history().get_heads() == [HEAD]


def test_no_revision_has_two_parents() -> None:
    assert all(not isinstance(revision.down_revision, tuple) for revision in _history().walk_revisions())
