"""The first schema: accounts, providers, conversations, runs, jobs, usage, files.

Ids are text with byte order (UUIDv7, so id order is time order), times are epoch milliseconds, JSON is text.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ACCOUNTS = """
CREATE TABLE users (
  id {id} PRIMARY KEY, email text UNIQUE, name text NOT NULL, role text NOT NULL, status text NOT NULL DEFAULT 'active',
  password_hash text, auth_epoch bigint NOT NULL DEFAULT 1, locale text, theme text NOT NULL DEFAULT 'system',
  created bigint NOT NULL, last_seen bigint, rev bigint NOT NULL DEFAULT 1);
CREATE TABLE groups (id {id} PRIMARY KEY, name text NOT NULL UNIQUE, created bigint NOT NULL);
CREATE TABLE group_members (
  group_id {id} NOT NULL REFERENCES groups(id) ON DELETE CASCADE, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  source text NOT NULL DEFAULT 'local', PRIMARY KEY (group_id, user_id));
CREATE INDEX group_members_user ON group_members (user_id);
CREATE TABLE grants (
  id {id} PRIMARY KEY, subject_kind text NOT NULL, subject_id {id} NOT NULL, role text NOT NULL,
  scope_kind text NOT NULL, scope_id {id} NOT NULL DEFAULT '', created bigint NOT NULL,
  UNIQUE (subject_kind, subject_id, role, scope_kind, scope_id));
CREATE TABLE sessions (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, token_hash text NOT NULL UNIQUE, kind text NOT NULL,
  auth_epoch bigint NOT NULL, created bigint NOT NULL, last_used bigint NOT NULL, expires bigint NOT NULL, idle_expires bigint NOT NULL,
  user_agent text NOT NULL DEFAULT '', address text NOT NULL DEFAULT '');
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE api_keys (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, name text NOT NULL, prefix text NOT NULL,
  key_hash text NOT NULL UNIQUE, scopes text NOT NULL, created bigint NOT NULL, last_used bigint, expires bigint, revoked bigint);
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE TABLE setup_tokens (token_hash text PRIMARY KEY, created bigint NOT NULL, expires bigint NOT NULL, used bigint);
CREATE TABLE user_settings (user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, key text NOT NULL, value text NOT NULL, PRIMARY KEY (user_id, key));
CREATE TABLE instance_settings (key text PRIMARY KEY, value text NOT NULL, rev bigint NOT NULL DEFAULT 1, updated bigint NOT NULL);
CREATE TABLE data_keys (purpose text PRIMARY KEY, wrapped text NOT NULL, created bigint NOT NULL);
CREATE {unlogged} TABLE rates (key text PRIMARY KEY, tat bigint NOT NULL);
CREATE TABLE audit_events (
  id {id} PRIMARY KEY, at bigint NOT NULL, user_id {id}, via text NOT NULL DEFAULT '', action text NOT NULL, object_kind text NOT NULL DEFAULT '',
  object_id {id} NOT NULL DEFAULT '', detail text NOT NULL DEFAULT '{{}}', address text NOT NULL DEFAULT '', request_id text NOT NULL DEFAULT '');
CREATE INDEX audit_events_at ON audit_events (at);
"""

PROVIDERS = """
CREATE TABLE providers (
  id {id} PRIMARY KEY, kind text NOT NULL, name text NOT NULL, base_url text, enabled boolean NOT NULL DEFAULT TRUE, position bigint NOT NULL DEFAULT 0,
  sealed_keys text, key_hint text, fallbacks text NOT NULL DEFAULT '[]', options text NOT NULL DEFAULT '{{}}',
  rev bigint NOT NULL DEFAULT 1, created bigint NOT NULL, updated bigint NOT NULL);
CREATE TABLE models (
  provider_id {id} NOT NULL, id text NOT NULL, name text NOT NULL DEFAULT '', enabled boolean NOT NULL DEFAULT TRUE, position bigint NOT NULL DEFAULT 0,
  source text NOT NULL, capabilities text NOT NULL DEFAULT '{{}}', demoted_until bigint, probed text, updated bigint NOT NULL,
  PRIMARY KEY (provider_id, id));
"""

CONVERSATIONS = """
CREATE TABLE conversations (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, title text NOT NULL DEFAULT '', title_source text NOT NULL DEFAULT 'none',
  provider text, model text, leaf_id {id}, expires_at bigint, created bigint NOT NULL, updated bigint NOT NULL, deleted_at bigint, rev bigint NOT NULL DEFAULT 1);
CREATE INDEX conversations_user ON conversations (user_id, updated, id);
CREATE TABLE messages (
  id {id} PRIMARY KEY, conversation_id {id} NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, parent_id {id}, role text NOT NULL, status text NOT NULL,
  parts text NOT NULL DEFAULT '[]', provider text, model text, usage text, error text, body_hash text,
  created bigint NOT NULL, finished bigint, rev bigint NOT NULL DEFAULT 1);
CREATE INDEX messages_place ON messages (conversation_id, parent_id, created, id);
CREATE INDEX messages_live ON messages (conversation_id) WHERE status IN ('pending', 'streaming');
CREATE TABLE user_revs (user_id {id} PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE, rev bigint NOT NULL);
CREATE TABLE changes (
  user_id {id} NOT NULL, rev bigint NOT NULL, kind text NOT NULL, id {id} NOT NULL, deleted boolean NOT NULL DEFAULT FALSE, at bigint NOT NULL,
  PRIMARY KEY (user_id, rev));
CREATE INDEX changes_at ON changes (at);
"""

# One entry for each searchable object (a message, or a conversation for its title); `message_search.rowid` is its `n`. The terms are
# made by `conversations.search`, so the tokenizer has only to split at spaces; `ascii` takes every other character as part of a word.
# Without fastupdate a write pays for its own terms; with it, one unlucky write pays for thousands, and every search reads the pending list.
SEARCH_SQLITE = """
CREATE TABLE search_entries (n integer PRIMARY KEY, object_id {id} NOT NULL UNIQUE, conversation_id {id} NOT NULL);
CREATE INDEX search_entries_conversation ON search_entries (conversation_id);
CREATE VIRTUAL TABLE message_search USING fts5(
  conversation_id UNINDEXED, object_id UNINDEXED, terms, tokenize = 'ascii', detail = none, columnsize = 0)
"""

SEARCH_POSTGRESQL = """
CREATE TABLE search_entries (n bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, object_id {id} NOT NULL UNIQUE, conversation_id {id} NOT NULL);
CREATE INDEX search_entries_conversation ON search_entries (conversation_id);
CREATE TABLE message_search (rowid bigint PRIMARY KEY, conversation_id {id} NOT NULL, object_id {id} NOT NULL, terms tsvector NOT NULL);
CREATE INDEX message_search_terms ON message_search USING gin (terms) WITH (fastupdate = off)
"""

RUNS = """
CREATE TABLE processes (
  id {id} PRIMARY KEY, addr text NOT NULL DEFAULT '', version text NOT NULL DEFAULT '', draining boolean NOT NULL DEFAULT FALSE,
  started bigint NOT NULL, heartbeat bigint NOT NULL, lease_until bigint NOT NULL);
CREATE TABLE runs (
  id {id} PRIMARY KEY, user_id {id} NOT NULL, conversation_id {id} NOT NULL, message_id {id} NOT NULL UNIQUE, state text NOT NULL, owner {id},
  attempt bigint NOT NULL DEFAULT 1, handovers bigint NOT NULL DEFAULT 0, stale bigint NOT NULL DEFAULT 0, progress_seq bigint NOT NULL DEFAULT 0, priority bigint NOT NULL DEFAULT 0,
  not_before bigint, cancel_at bigint, params text NOT NULL, upstream text, error text,
  created bigint NOT NULL, started bigint, finished bigint, needs_user_until bigint);
CREATE INDEX runs_live ON runs (priority, created) WHERE state IN ('queued', 'running', 'completing');
CREATE INDEX runs_user ON runs (user_id, state);
CREATE INDEX runs_conversation ON runs (conversation_id);
CREATE INDEX runs_finished ON runs (finished) WHERE finished IS NOT NULL;
CREATE TABLE run_chunks (
  run_id {id} NOT NULL, first_seq bigint NOT NULL, last_seq bigint NOT NULL, attempt bigint NOT NULL, owner {id} NOT NULL, at bigint NOT NULL,
  events text NOT NULL, PRIMARY KEY (run_id, last_seq));
CREATE TABLE approvals (
  run_id {id} NOT NULL, call text NOT NULL, approved boolean NOT NULL, user_id {id} NOT NULL, at bigint NOT NULL, PRIMARY KEY (run_id, call));
CREATE TABLE usage_entries (
  source_kind text NOT NULL, source_id {id} NOT NULL, entry text NOT NULL, user_id {id}, provider text NOT NULL DEFAULT '', model text NOT NULL DEFAULT '',
  input bigint NOT NULL DEFAULT 0, output bigint NOT NULL DEFAULT 0, cached bigint NOT NULL DEFAULT 0, reasoning bigint NOT NULL DEFAULT 0,
  cost_nano bigint, outcome text NOT NULL DEFAULT 'ok', at bigint NOT NULL, PRIMARY KEY (source_kind, source_id, entry));
CREATE INDEX usage_entries_user ON usage_entries (user_id, at);
CREATE TABLE holds (run_id {id} PRIMARY KEY, user_id {id} NOT NULL, amount bigint NOT NULL, expires bigint NOT NULL);
CREATE TABLE jobs (
  id {id} PRIMARY KEY, kind text NOT NULL, key text, queue text NOT NULL DEFAULT 'web', arguments text NOT NULL DEFAULT '{{}}', state text NOT NULL DEFAULT 'queued',
  owner {id}, attempt bigint NOT NULL DEFAULT 0, run_at bigint NOT NULL, priority bigint NOT NULL DEFAULT 0, step text NOT NULL DEFAULT '{{}}',
  error text, created bigint NOT NULL, finished bigint);
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_live ON jobs (queue, priority, run_at) WHERE state IN ('queued', 'running');
CREATE TABLE job_slots (name text NOT NULL, slot bigint NOT NULL, PRIMARY KEY (name, slot));
"""

FILES = """
CREATE TABLE files (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES users(id) ON DELETE CASCADE, name text NOT NULL, media_type text NOT NULL, size bigint NOT NULL,
  status text NOT NULL, object text, width bigint, height bigint, created bigint NOT NULL, updated bigint NOT NULL, deleted_at bigint);
CREATE INDEX files_user ON files (user_id, created);
CREATE INDEX files_object ON files (object);
CREATE TABLE file_parts (file_id {id} NOT NULL REFERENCES files(id) ON DELETE CASCADE, n bigint NOT NULL, object text NOT NULL, size bigint NOT NULL, PRIMARY KEY (file_id, n));
CREATE TABLE object_chunks (object text NOT NULL, n bigint NOT NULL, data {bytes} NOT NULL, PRIMARY KEY (object, n));
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    types = {
        "id": 'text COLLATE "C"' if postgresql else "text",
        "bytes": "bytea" if postgresql else "blob",
        "unlogged": "UNLOGGED" if postgresql else "",
    }
    search = SEARCH_POSTGRESQL if postgresql else SEARCH_SQLITE
    for group in (ACCOUNTS, PROVIDERS, CONVERSATIONS, search, RUNS, FILES):
        for statement in group.split(";"):
            if statement.strip():
                op.execute(statement.format(**types).replace("{{", "{").replace("}}", "}"))


def downgrade() -> None:
    raise RuntimeError("there is nothing before the first schema: restore a backup instead")
