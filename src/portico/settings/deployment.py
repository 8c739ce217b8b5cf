"""The settings of a deployment: where it listens, what it stores and where, what it logs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from portico.settings import fields as f
from portico.settings.fields import Facts, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where Portico listens and how it is reached."""

    port: int = setting(
        "PORTICO_PORT",
        "PORT",
        default=3210,
        parse=f.whole(0, 65535),
        text="Port of the page and the API. 0 takes a free one.",
        why="LobeChat's port, so that an image can be exchanged.",
    )
    bind: str = setting(
        "PORTICO_BIND",
        default="127.0.0.1",
        parse=f.text,
        text="Address to listen on.",
        shown="127.0.0.1; in a container 0.0.0.0",
        compute=lambda facts: "0.0.0.0" if facts.container else "127.0.0.1",  # noqa: S104 -- a container's port is opened by its runtime
        why="A fresh start on a laptop must not be open to its network.",
    )
    base_path: str = setting(
        "PORTICO_BASE_PATH",
        "NEXT_PUBLIC_BASE_PATH",
        default="",
        parse=f.base_path,
        text="Path under which everything is served.",
        example="/chat",
    )
    app_url: str = setting(
        "PORTICO_APP_URL",
        "APP_URL",
        default="",
        parse=f.web_url,
        text="The address that browsers use. It fixes the own origin.",
        example="https://chat.example.org",
    )
    name: str = setting("PORTICO_NAME", default="Portico", parse=f.text, text="Name shown on the page until an administrator changes it.")
    service_worker: bool = setting(
        "PORTICO_SERVICE_WORKER",
        default=True,
        parse=f.truth,
        text="Let browsers install the page and keep its files. `0` makes browsers that did so forget it again.",
        shown="1",
        why="A new version then starts without loading anything, and a lost network shows a page with a way back.",
    )
    trusted_hops: int = setting(
        "PORTICO_TRUSTED_HOPS",
        default=0,
        parse=f.whole(0, 5),
        text="How many reverse proxies stand in front and set X-Forwarded-For, -Proto and -Host.",
        why="Headers of anybody else are forged as easily as they are sent.",
    )
    allow_http: bool = setting(
        "PORTICO_ALLOW_HTTP",
        default=False,
        parse=f.truth,
        text="Let people sign in over plain http from other machines.",
        shown="0",
        why="Passwords and sessions would travel in the clear.",
    )
    content_origin: str = setting(
        "PORTICO_CONTENT_ORIGIN",
        default="",
        parse=f.web_url,
        text="A second origin, without cookies, for content that models or people made.",
        example="https://content.example.net",
    )
    metrics_port: int | None = setting(
        "PORTICO_METRICS_PORT",
        default=None,
        parse=f.port_or_off,
        text="Port of the Prometheus metrics, or `off`.",
        shown="off; in a container 9464",
        compute=lambda facts: 9464 if facts.container else None,
        why="A port of its own, so that no ingress shows it.",
    )
    metrics_bind: str = setting(
        "PORTICO_METRICS_BIND",
        default="127.0.0.1",
        parse=f.text,
        text="Address of the metrics port.",
        shown="127.0.0.1; in a container 0.0.0.0",
        compute=lambda facts: "0.0.0.0" if facts.container else "127.0.0.1",  # noqa: S104 -- as for PORTICO_BIND
    )
    drain_s: int = setting(
        "PORTICO_DRAIN_SECONDS",
        default=20,
        parse=f.whole(0, 3600),
        text="How long a stopping process goes on with the answers that it produces.",
        why="Fits into the 30 s that Kubernetes gives by default; the chart sets 240.",
    )
    single_replica: bool = setting(
        "PORTICO_SINGLE_REPLICA",
        default=False,
        parse=f.truth,
        shown="0",
        text="In Kubernetes: there is one replica with a volume, so SQLite is safe.",
        why="A pod cannot know that it has siblings with databases of their own.",
    )


def _sqlite(facts: Facts) -> str:
    return f"sqlite:///{facts.data_dir / 'portico.db'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where everything is stored."""

    url: str = setting(
        "PORTICO_DATABASE_URL",
        "DATABASE_URL",
        default="sqlite:///portico.db",
        parse=f.database_url,
        secret=True,
        compute=_sqlite,
        text="The store: `postgresql://user:password@host/name`, or `sqlite:///file`.",
        shown="`portico.db` in the data folder",
        example="postgresql://portico:secret@db/portico",
    )
    migration_url: str = setting(
        "PORTICO_DATABASE_MIGRATION_URL",
        "DATABASE_MIGRATION_URL",
        default="",
        parse=f.database_url,
        secret=True,
        text="The address that `portico db upgrade` uses, when DATABASE_URL is a pooler.",
    )
    pool: int = setting(
        "PORTICO_DB_POOL",
        default=12,
        parse=f.whole(3, 200),
        text="Connections of one process to PostgreSQL.",
        why="Two are kept for the tick; 10 more serve some thousand requests a second, and 8 replicas fit into its default of 100.",
    )
    pooler: bool = setting(
        "PORTICO_DB_POOLER",
        default=False,
        parse=lambda value: f.choice("none", "transaction")(value) == "transaction",
        shown="none",
        text="`transaction` when a transaction pooler (PgBouncer) stands in between.",
        why="Prepared statements are not kept then.",
        example="transaction",
    )

    @property
    def is_postgres(self) -> bool:
        return self.url.startswith("postgresql://")


def _data_dir(facts: Facts) -> Path:
    if facts.container:
        return Path("/data")
    home = facts.env.get("XDG_DATA_HOME", "").strip()
    return (Path(home) if home.startswith("/") else Path("~/.local/share").expanduser()) / "portico"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What is kept in files."""

    dir: Path = setting(  # noqa: RUF009 -- declares a field
        "PORTICO_DATA_DIR",
        default=Path("portico-data"),
        parse=f.path,
        compute=_data_dir,
        shown="~/.local/share/portico; in a container /data",
        text="Folder of the SQLite database, the objects and the generated secret.",
    )
    objects: str = setting(
        "PORTICO_OBJECTS",
        default="auto",
        parse=f.choice("auto", "directory", "database", "s3"),
        text="Where the bytes of files go.",
        shown="auto: a folder with SQLite; with PostgreSQL the bucket if S3_BUCKET names one, else the database",
        why="Replicas share the database and the bucket but not a folder.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class S3:
    """The bucket that keeps the bytes of files when `PORTICO_OBJECTS` chooses it. Any store with S3's protocol will do."""

    bucket: str = setting(
        "PORTICO_S3_BUCKET", "S3_BUCKET", default="", parse=f.text, text="Name of the bucket. It must exist.", example="portico"
    )
    endpoint: str = setting(
        "PORTICO_S3_ENDPOINT",
        "S3_ENDPOINT",
        default="",
        parse=f.web_url,
        shown="Amazon's, by region",
        text="Address of the store.",
        example="https://s3.example.org",
    )
    region: str = setting("PORTICO_S3_REGION", "S3_REGION", default="us-east-1", parse=f.text, text="Region of the bucket.")
    access_key: str = setting(
        "PORTICO_S3_ACCESS_KEY_ID",
        "S3_ACCESS_KEY_ID",
        default="",
        parse=f.text,
        secret=True,
        shown="the credentials of the machine or pod",
        text="Access key.",
    )
    secret_key: str = setting(
        "PORTICO_S3_SECRET_ACCESS_KEY",
        "S3_SECRET_ACCESS_KEY",
        default="",
        parse=f.text,
        secret=True,
        shown="",
        text="Secret of the access key.",
    )
    path_style: bool = setting(
        "PORTICO_S3_PATH_STYLE",
        "S3_ENABLE_PATH_STYLE",
        default=False,
        parse=f.truth,
        shown="0",
        text="Put the bucket's name into the path and not into the host name, as most stores outside of Amazon want it.",
    )
    prefix: str = setting("PORTICO_S3_PREFIX", default="", parse=f.text, text="Folder in the bucket.", example="portico")
    presign: bool = setting(
        "PORTICO_S3_PRESIGN",
        default=False,
        parse=f.truth,
        shown="0",
        text="Let browsers download files, other than images, from the bucket itself, by an address that is signed for 5 minutes.",
        why="Saves Portico the bytes, but needs a bucket that browsers reach.",
    )
    public_endpoint: str = setting(
        "PORTICO_S3_PUBLIC_ENDPOINT",
        "S3_PUBLIC_DOMAIN",
        default="",
        parse=f.web_url,
        shown="the endpoint",
        text="Address of the store for browsers; used with `PORTICO_S3_PRESIGN` only.",
        example="https://files.example.org",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The key ring that seals provider keys. The first key seals; all of them open."""

    keys: tuple[str, ...] = setting(
        "PORTICO_SECRET_KEY",
        default=(),
        parse=f.secret_keys,
        secret=True,
        shown="made on the first start: in the data folder, or with PostgreSQL in the database",
        text="List of keys. To change the key, put the new one in front and keep the old one behind it.",
        example="$(openssl rand -base64 32)",
        why="A key that lies in the database guards nothing against somebody who has a copy of it: set one outside of it.",
    )
    vault: tuple[str, ...] = setting(
        "KEY_VAULTS_SECRET",
        default=(),
        parse=f.one_secret,
        secret=True,
        shown="",
        text="LobeChat's secret, in any form; the last key of the ring, or its only one.",
    )

    @property
    def ring(self) -> tuple[str, ...]:
        """All keys, the primary one first."""
        return self.keys + self.vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """What is written to stderr."""

    style: Literal["json", "console"] = setting(
        "PORTICO_LOG_FORMAT",
        default="console",
        parse=lambda value: "json" if f.choice("json", "console")(value) == "json" else "console",
        text="`json` for machines, `console` for people.",
        shown="console on a terminal, json in a container",
        compute=lambda facts: "json" if facts.container and not facts.terminal else "console",
    )
    level: str = setting(
        "PORTICO_LOG_LEVEL", default="info", parse=f.choice("debug", "info", "warning", "error"), text="Least level that is written."
    )
