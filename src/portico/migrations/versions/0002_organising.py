"""Organising conversations: folders, pinned, archived and unread ones. Expand only: the version before goes on working.

Pinned, deleted and expiring conversations are few among many, so each has an index of its own.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE folders (
      id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, name text NOT NULL, position bigint NOT NULL,
      created bigint NOT NULL, rev bigint NOT NULL DEFAULT 1)
    """,
    "CREATE INDEX folders_user ON folders (user_id, position, id)",
    "ALTER TABLE conversations ADD COLUMN folder_id {id}",
    "ALTER TABLE conversations ADD COLUMN pinned boolean NOT NULL DEFAULT FALSE",
    "ALTER TABLE conversations ADD COLUMN archived boolean NOT NULL DEFAULT FALSE",
    "ALTER TABLE conversations ADD COLUMN unread boolean NOT NULL DEFAULT FALSE",
    "CREATE INDEX conversations_folder ON conversations (folder_id, updated, id) WHERE folder_id IS NOT NULL",
    "CREATE INDEX conversations_pinned ON conversations (user_id, updated, id) WHERE pinned = TRUE",
    "CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX conversations_expiring ON conversations (expires_at) WHERE expires_at IS NOT NULL",
)


def upgrade() -> None:
    text_id = 'text COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "text"
    for statement in STATEMENTS:
        op.execute(statement.format(id=text_id))


def downgrade() -> None:
    raise RuntimeError("folders would be lost: restore a backup instead")
