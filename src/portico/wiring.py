"""Builds infra, then the services, from the settings: the only file that chooses implementations. And the process's own clock."""

import asyncio
import fcntl
import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from portico import __version__
from portico.accounts.languages import Languages
from portico.accounts.service import AccountsService
from portico.conversations.folders import FolderService
from portico.conversations.messages import MessageService
from portico.conversations.selection import Selections
from portico.conversations.service import ConversationService
from portico.conversations.title import TitleJob
from portico.files.remote import RemoteImages
from portico.files.service import FilesService
from portico.infra.crypto import Vault
from portico.infra.db import Database, open_database
from portico.infra.dberrors import DatabaseUnavailable, NoSuchTable
from portico.infra.egress import Egress
from portico.infra.jobs import Handler, Jobs
from portico.infra.lease import Lease
from portico.infra.objectstore import DatabaseStore, DirectoryStore, ObjectStore
from portico.infra.page import read_languages
from portico.infra.ratelimit import RateLimiter
from portico.infra.site import STATIC
from portico.infra.telemetry import Metrics
from portico.migrations import HEAD
from portico.providers.arrival import EVERY, Arrival
from portico.providers.service import ProviderService
from portico.runs.briefing import Briefing
from portico.runs.claims import Claims
from portico.runs.dismissal import Dismissal
from portico.runs.engine import Engine
from portico.runs.finish import Finisher
from portico.runs.live import Hub
from portico.runs.recorder import Recorder
from portico.runs.removal import Removal
from portico.runs.retention import PERIODIC, Retention
from portico.runs.runner import Bench, Runner
from portico.runs.service import Desk, Limits, RunService
from portico.runs.shapes import render_message
from portico.runs.stream import Streams
from portico.runs.tick import Parts, Tick
from portico.settings import Settings
from portico.shares.service import ShareService
from portico.tools.base import Tool
from portico.tools.builtin import CurrentTime
from portico.tools.registry import Registry

logger = logging.getLogger(__name__)
VERSION_ROW = "SELECT version_num FROM alembic_version"
BYE_S = 0.5  # what a viewer needs to hear its goodbye
REGISTER_S = 1.0


class NotMigrated(Exception):
    """The database's schema is not the one that this version knows."""


class StoreInUse(Exception):
    """Another process on this machine holds the SQLite store."""


@dataclass(frozen=True, slots=True)
class Infra:
    """What knows machines and never the product."""

    settings: Settings
    db: Database
    metrics: Metrics
    egress: Egress
    vault: Vault
    limiter: RateLimiter


@dataclass(frozen=True, slots=True)
class Services:
    """The verbs of every domain."""

    accounts: AccountsService
    conversations: ConversationService
    selections: Selections
    folders: FolderService
    messages: MessageService
    providers: ProviderService
    files: FilesService
    images: RemoteImages
    runs: RunService
    removal: Removal
    dismissal: Dismissal
    streams: Streams
    shares: ShareService


class Process:
    """One running incarnation: one lease, one tick, the runs and jobs that it works on."""

    def __init__(self, infra: Infra, lease: Lease, hub: Hub, runner: Runner, jobs: Jobs, tick: Tick) -> None:
        self._infra = infra
        self._lease = lease
        self._runner = runner
        self._jobs = jobs
        self._tick = tick
        self._ticking: asyncio.Task[None] | None = None
        self._lock: int | None = None
        self.hub = hub
        self.started = False

    @property
    def id(self) -> str:
        return self._lease.id

    @property
    def draining(self) -> bool:
        return self._lease.draining

    @property
    def outage(self) -> bool:
        """Whether the last tick found no database."""
        return self._tick.outage

    def lock_store(self) -> None:
        """Take the SQLite store for this process alone. Raises StoreInUse."""
        settings = self._infra.settings
        if settings.database.is_postgres:
            return
        handle = os.open(settings.data.dir / "portico.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise StoreInUse(str(settings.data.dir)) from error
        self._lock = handle

    async def start(self) -> None:
        """Register the lease, take over what a dead predecessor left, and begin to tick. Waits for a database that is away."""
        while True:
            try:
                await self._lease.register()
                break
            except DatabaseUnavailable:
                logger.warning("waiting for the database")
                await asyncio.sleep(REGISTER_S)
        if not self._infra.settings.database.is_postgres:
            await self._runner.take_over()
        self._ticking = asyncio.create_task(self._tick.run(), name="tick")
        self.started = True

    async def drain(self, budget_s: float) -> None:
        """Leave in order: no new runs, viewers go, runs end or are handed over when the budget is over."""
        self._lease.draining = True
        self.hub.drain()
        try:
            async with asyncio.timeout(max(0.0, budget_s)):
                while self.hub.answering():  # noqa: ASYNC110 -- runs end in many places; a tenth of a second is soon enough
                    await asyncio.sleep(0.1)
        except TimeoutError:
            logger.info("handing over %d runs", self.hub.answering())
        for live in list(self.hub.local.values()):
            live.ask_stop("drained")
        await asyncio.sleep(BYE_S if self.hub.viewers else 0)

    async def stop(self) -> None:
        """Give back runs, jobs and the lease. A database that is away leaves that to the others' reaper."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        for live in list(self.hub.local.values()):
            live.ask_stop("drained")
        try:
            async with asyncio.timeout(10):
                await self._runner.wait()
                await self._jobs.stop()
                await self._lease.drop()
        except (TimeoutError, DatabaseUnavailable):
            logger.warning("left without saying goodbye to the database")
        if self._lock is not None:
            os.close(self._lock)


@dataclass(frozen=True, slots=True)
class Portico:
    """Everything, built."""

    infra: Infra
    services: Services
    process: Process

    async def check_schema(self) -> None:
        """Raise NotMigrated unless the database has exactly the schema of this version; PorticoError if it does not answer."""
        found = await schema_version(self.infra.db)
        if found != HEAD:
            raise NotMigrated(f"the database is at {found or 'nothing'}, this version needs {HEAD}")

    async def close(self) -> None:
        """Close what is open, last the store."""
        await self.infra.egress.close()
        self.services.accounts.close()
        await self.infra.db.close()


async def schema_version(db: Database) -> str | None:
    """The revision that the database is at; None for an empty one."""
    try:
        row = await db.fetch_one(VERSION_ROW)
    except NoSuchTable:
        return None
    return None if row is None else str(row["version_num"])


async def build(settings: Settings, *, tools: Sequence[Tool] = (), worker: bool = False) -> Portico:
    """Wire a process. `tools` come besides the built-in ones. Nothing runs yet."""
    infra = await _infra(settings)
    accounts = AccountsService(infra.db, settings, infra.limiter, Languages(tuple(read_languages(STATIC))))
    providers = ProviderService(infra.db, settings, infra.egress, infra.vault, infra.metrics)
    files = FilesService(infra.db, open_objects(settings, infra.db), settings.limits, infra.limiter)
    conversations = ConversationService(infra.db, temporary_ms=settings.conversations.temporary_s * 1000)
    selections = Selections(infra.db, conversations)
    messages = MessageService(infra.db, conversations)
    lease = Lease(infra.db, addr="" if worker else _address(settings), version=__version__, ttl_ms=settings.runs.lease_ms)
    hub = Hub()
    recorder, claims = Recorder(infra.db, lease, hub), Claims(infra.db, lease)
    finisher = Finisher(infra.db, lease, messages)
    briefing = Briefing(infra.db, messages, providers, files)
    engine = Engine(providers, Registry((CurrentTime(), *tools)))
    bench = Bench(hub, recorder, claims, finisher, engine, briefing, files, infra.metrics)
    runner = Runner(bench, never_again=not settings.runs.continue_lost, run_max_s=settings.runs.max_s)
    desk = Desk(infra.db, lease, hub, runner, briefing, finisher, conversations, messages, providers)
    runs = RunService(desk, Limits(settings.runs.max_streams, settings.runs.per_user))
    dismissal = Dismissal(infra.db, accounts.users, runs)
    streams = Streams(infra.db, hub, messages, accounts.recheck, render_message, per_user=settings.limits.streams_per_user)
    handlers: dict[str, Handler] = {"title": TitleJob(infra.db, conversations, messages, providers).run}
    handlers["models"] = Arrival(providers, settings).run
    jobs = Jobs(infra.db, lease, handlers, (*PERIODIC, EVERY), metrics=infra.metrics)
    kept_ms = settings.runs.log_kept_s * 1000
    shares = ShareService(infra.db, infra.vault, accounts, conversations, messages, files, infra.limiter)
    handlers["retention"] = Retention(infra.db, accounts, conversations, files, runs, dismissal, infra.limiter, jobs, shares, kept_ms).run
    parts = Parts(infra.db, lease, hub, recorder, claims, runner, jobs, infra.metrics)
    tick = Tick(parts, max_streams=settings.runs.max_streams, shared=settings.database.is_postgres, answers=not worker)
    services = Services(
        accounts,
        conversations,
        selections,
        FolderService(infra.db),
        messages,
        providers,
        files,
        RemoteImages(infra.egress, settings.limits, infra.limiter, enabled=settings.egress.remote_images),
        runs,
        Removal(infra.db, conversations, selections, runs),
        dismissal,
        streams,
        shares,
    )
    return Portico(infra, services, Process(infra, lease, hub, runner, jobs, tick))


async def _infra(settings: Settings) -> Infra:
    db = await open_database(settings.database.url, pool_size=settings.database.pool, pooler=settings.database.pooler)
    return Infra(settings, db, Metrics(), Egress(settings), Vault(db, settings.secrets.ring), RateLimiter(db))


def open_objects(settings: Settings, db: Database) -> ObjectStore:
    """The store that the settings choose for the bytes of files."""
    if settings.objects == "directory":
        return DirectoryStore(settings.data.dir / "objects")
    if settings.objects == "database":
        return DatabaseStore(db)
    from portico.infra.s3store import Place, S3Store  # noqa: PLC0415 -- costs 6 MB, which only a deployment with a bucket pays

    s3 = settings.s3
    public = (s3.public_endpoint or s3.endpoint) if s3.presign else None
    return S3Store(Place(s3.bucket, s3.endpoint, s3.region, s3.access_key, s3.secret_key, s3.path_style, s3.prefix), links_by=public)


def _address(settings: Settings) -> str:
    """Where siblings reach this process to ask whether it lives."""
    if not settings.database.is_postgres:
        return ""
    host = settings.server.bind
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 -- compared, not bound
        host = os.environ.get("POD_IP") or socket.gethostbyname(socket.gethostname())
    return f"{host}:{settings.server.port}"
