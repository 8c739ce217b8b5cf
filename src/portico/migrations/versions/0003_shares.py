"""Links that let others in: read-only shares of a branch, and invitations to an account.

Both tables hold the SHA-256 of a link's secret part. A share also holds it sealed, so that its owner can copy the link again.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHARES = """
CREATE TABLE shares (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  conversation_id {id} NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, token_hash text NOT NULL UNIQUE, sealed_token text NOT NULL,
  leaf_id {id} NOT NULL, title text NOT NULL, author text NOT NULL DEFAULT '', details boolean NOT NULL DEFAULT FALSE,
  messages bigint NOT NULL, files text NOT NULL DEFAULT '[]', created bigint NOT NULL, updated bigint NOT NULL, renewed bigint NOT NULL, expires bigint);
CREATE INDEX shares_conversation ON shares (conversation_id);
CREATE INDEX shares_user ON shares (user_id, id);
"""

INVITATIONS = """
CREATE TABLE invitations (
  id {id} PRIMARY KEY, token_hash text NOT NULL UNIQUE, email text, role text NOT NULL, user_id {id} REFERENCES users(id) ON DELETE CASCADE,
  created_by {id}, created bigint NOT NULL, expires bigint NOT NULL, used bigint, used_by {id}, revoked bigint);
CREATE INDEX invitations_expires ON invitations (expires);
"""


def upgrade() -> None:
    text_id = 'text COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "text"
    for statement in (SHARES + INVITATIONS).split(";"):
        if statement.strip():
            op.execute(statement.format(id=text_id))


def downgrade() -> None:
    op.execute("DROP TABLE invitations")
    op.execute("DROP TABLE shares")
