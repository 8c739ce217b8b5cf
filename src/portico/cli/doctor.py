"""`portico doctor`: explains what is wrong with a set-up. It looks and changes nothing; `--probe` asks each provider for a word."""

import argparse
import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from portico.access.principal import OPERATOR
from portico.errors import PorticoError, Unavailable
from portico.infra.crypto import Vault
from portico.infra.db import Database, open_database
from portico.infra.egress import Egress
from portico.infra.objectstore import once
from portico.infra.telemetry import Metrics
from portico.migrations import HEAD
from portico.providers.admin import ProviderAdmin
from portico.providers.models import Provider
from portico.providers.service import ProviderService
from portico.runs.live import DURABLE_AFTER_S
from portico.settings import Settings, SettingsError, load
from portico.settings.prepare import SECRET_FILE, read_secret
from portico.wiring import open_objects, schema_version

WAL_DELAY = "SELECT setting FROM pg_settings WHERE name = 'wal_writer_delay'"  # in milliseconds
_LITTLE_DISK_BYTES = 1_000_000_000
_MARKS = {"ok": "ok  ", "warning": "look", "fault": "BAD "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. A fault keeps Portico from working, a warning may."""

    level: Literal["ok", "warning", "fault"]
    text: str
    remedy: str = ""


def ok(text: str) -> Finding:
    return Finding("ok", text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--probe", action="store_true", help="send a request of a few tokens to every provider; this costs money")


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_examine(probe=arguments.probe))


async def _examine(*, probe: bool) -> int:
    """Print findings as they come; exit status 1 if one is a fault."""
    seen: list[str] = []
    async for finding in findings(probe=probe):
        seen.append(finding.level)
        print(f"{_MARKS[finding.level]} {finding.text}" + (f"\n       -> {finding.remedy}" if finding.remedy else ""))
    faults, warnings = seen.count("fault"), seen.count("warning")
    if faults:
        print(f"{faults} found that must be put right (BAD).")
    else:
        print(f"Nothing must be put right; {warnings} to look at." if warnings else "Everything that was looked at is in order.")
    return 1 if faults else 0


async def findings(*, probe: bool) -> AsyncIterator[Finding]:
    """Look at everything, in the order in which one depends on the other."""
    try:
        settings = load()
    except SettingsError as error:
        for line in error.lines:
            yield Finding("fault", line)
        return
    yield ok("The settings can be read.")
    for line in settings.warnings:
        yield Finding("warning", line)
    for finding in (*place(settings), *secret(settings)):
        yield finding
    yield await port(settings)
    if not settings.database.is_postgres and not _sqlite_file(settings).exists():
        yield Finding("warning", "There is no database yet.", "`portico serve` makes it.")
        return
    async with _opened(settings) as db:
        async for finding in _inside(settings, db, probe=probe):
            yield finding


async def _inside(settings: Settings, db: Database, *, probe: bool) -> AsyncIterator[Finding]:
    schema = await database(settings, db)
    yield schema
    if schema.level != "ok":
        return
    if settings.database.is_postgres:
        yield await disk_delay(db)
    yield await key_ring(settings, db)
    if settings.objects == "s3":
        yield await bucket(settings, db)
    async for finding in providers(settings, db, probe=probe):
        yield finding


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[Database]:
    db = await open_database(settings.database.url, pool_size=3, pooler=settings.database.pooler)
    try:
        yield db
    finally:
        await db.close()


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database.url.removeprefix("sqlite:///"))


def place(settings: Settings) -> Iterator[Finding]:
    """Look at where this runs and what it may write."""
    if settings.kubernetes and not settings.database.is_postgres and not settings.server.single_replica:
        remedy = "Set DATABASE_URL to a PostgreSQL, or PORTICO_SINGLE_REPLICA=1 with one replica and a volume."
        yield Finding("fault", "This is Kubernetes, and DATABASE_URL is not set.", remedy)
    folder = settings.data.dir
    parent = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
    if not os.access(parent, os.W_OK | os.X_OK):
        level = "warning" if settings.database.is_postgres else "fault"
        yield Finding(
            level, f"The data folder {folder} cannot be written.", f"Make {parent} writable for this user, or set PORTICO_DATA_DIR."
        )
        return
    yield ok(f"The data folder is {folder}.")
    free = shutil.disk_usage(parent).free
    if free < _LITTLE_DISK_BYTES:
        yield Finding("warning", f"Only {free // 1_000_000} MB are free for {folder}.", "Make room, or move the data folder.")
    if parent == folder and folder.stat().st_mode & 0o007:
        yield Finding("warning", f"Other users of this machine can look into {folder}.", f"Run `chmod 700 {folder}`.")


def secret(settings: Settings) -> Iterator[Finding]:
    """Look at the key ring's source."""
    file = settings.data.dir / SECRET_FILE
    if settings.secrets.ring:
        yield ok(f"The key ring comes from the settings ({len(settings.secrets.ring)} keys).")
    elif settings.database.is_postgres:
        remedy = "Set one for all replicas (`openssl rand -base64 32`), start them again, and run `portico keys rotate`."
        yield Finding("warning", "The key that seals secrets lies in the database beside them: PORTICO_SECRET_KEY is not set.", remedy)
    elif file.exists():
        try:
            read_secret(file)
            yield ok(f"The key ring is {file}. Keep a copy of it with your backups.")
        except SettingsError as error:
            yield Finding("fault", error.lines[0])


async def port(settings: Settings) -> Finding:
    """Look whether the port is free, or who has it."""
    host, number = settings.server.bind, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, number), family=family).close()
    except OSError as error:
        if await _is_portico(settings):
            return ok(f"Portico is running on port {number}.")
        return Finding("fault", f"Port {number} on {host} cannot be used ({error.strerror}).", "Stop what uses it, or set PORT.")
    return ok(f"Port {number} is free.")


async def _is_portico(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.server.bind, settings.server.bind)  # noqa: S104 -- compared, not bound
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection(host, settings.server.port)
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = await reader.read(2000)
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b"x-portico-process:" in answer.lower()


async def database(settings: Settings, db: Database) -> Finding:
    """Look whether the database answers, and at its schema."""
    name = "PostgreSQL" if settings.database.is_postgres else f"SQLite in {_sqlite_file(settings)}"
    try:
        found = await schema_version(db)
    except Unavailable as error:
        reason = f" ({error.__cause__})" if error.__cause__ else ""
        return Finding("fault", f"The database does not answer{reason}.", "Check DATABASE_URL, that it runs, and the network between.")
    if found == HEAD:
        return ok(f"The database ({name}) has the schema of this version, {HEAD}.")
    if found is None:
        return Finding(
            "fault" if settings.database.is_postgres else "warning", f"The database ({name}) is empty.", "Run `portico db upgrade`."
        )
    remedy = "Run `portico db upgrade`; if the revision is newer than this version, install the version that made it."
    return Finding("fault", f"The database is at revision {found}, this version needs {HEAD}.", remedy)


async def disk_delay(db: Database) -> Finding:
    """Look how late PostgreSQL is with its disk: a crash takes back what it acknowledged in that time, and processes write it again."""
    row = await db.fetch_one(WAL_DELAY)
    late_s = 3 * int(row["setting"]) / 1000 if row is not None else 0.0  # "up to three times", says PostgreSQL of asynchronous commits
    if late_s <= DURABLE_AFTER_S:
        return ok(f"PostgreSQL has answers under way on its disk within {late_s:.1f} s.")
    remedy = f"Set its wal_writer_delay to at most {int(DURABLE_AFTER_S * 1000 / 3)} ms; its default is 200 ms."
    kept = f"only {DURABLE_AFTER_S:.0f} s of them can be written again"
    text = f"PostgreSQL may lose the last {late_s:.1f} s of answers under way in a crash, and {kept}."
    return Finding("warning", text, remedy)


async def key_ring(settings: Settings, db: Database) -> Finding:
    """Look whether the ring opens what the database holds."""
    lost = await Vault(db, _ring(settings)).unreadable()
    if not lost:
        return ok("The key ring opens the database's secrets.")
    remedy = "Put the key that was used before behind the new one in PORTICO_SECRET_KEY, or enter the providers' keys again."
    return Finding("fault", f"The key ring does not open the secrets for: {', '.join(lost)}.", remedy)


async def bucket(settings: Settings, db: Database) -> Finding:
    """Store, read and delete one small object."""
    objects = open_objects(settings, db)
    name = f"The bucket {settings.s3.bucket}"
    try:
        stored = await objects.put(once(b"portico doctor"), "doctor")
        read = b"".join([piece async for piece in objects.get(stored.key)])
        await objects.delete(stored.key)
    except PorticoError as error:
        said = str(error.__cause__ or error)
        code = re.search(r"<Code>(\w+)</Code>", said)
        reason = code[1] if code else said.partition("\n")[0]
        return Finding(
            "fault", f"{name} cannot be used: {reason}.", "Check S3_ENDPOINT, S3_BUCKET, S3_ENABLE_PATH_STYLE and the access key's rights."
        )
    if read != b"portico doctor":
        return Finding("fault", f"{name} gives back other bytes than were stored.", "Look at what stands between Portico and the bucket.")
    return ok(f"{name} stores, reads and deletes.")


def _ring(settings: Settings) -> tuple[str, ...]:
    """Return the ring that a server would use, without making one."""
    file = settings.data.dir / SECRET_FILE
    return settings.secrets.ring or ((read_secret(file),) if file.exists() and not settings.database.is_postgres else ())


async def providers(settings: Settings, db: Database, *, probe: bool) -> AsyncIterator[Finding]:
    """Look whether each enabled provider can be reached and, on demand, whether it answers."""
    egress = Egress(settings)
    admin = ProviderAdmin(ProviderService(db, settings, egress, Vault(db, _ring(settings)), Metrics()))
    try:
        for provider in await admin.providers(OPERATOR):
            if provider.enabled and provider.base_url:
                yield await (_probed(admin, provider) if probe else _reached(egress, provider))
    finally:
        await egress.close()


async def _reached(egress: Egress, provider: Provider) -> Finding:
    reason = await egress.reach(provider.base_url, "connector")
    if not reason:
        return ok(f"{provider.name} can be reached at {provider.base_url}.")
    remedy = "Check its address, that it runs, PROXY_URL, and what the network lets out."
    return Finding("warning", f"{provider.name} cannot be reached at {provider.base_url}: {reason}.", remedy)


async def _probed(admin: ProviderAdmin, provider: Provider) -> Finding:
    try:
        result = await admin.test(OPERATOR, provider.id, None)
    except PorticoError as error:
        return Finding("warning", f"{provider.name} could not be asked: {error.detail}")
    if result.ok:
        return ok(f"{provider.name} answered in {result.latency_ms} ms.")
    code, detail, message = result.error or ("", "", "")
    return Finding("warning", f"{provider.name} does not answer ({code}): {message}", detail)
