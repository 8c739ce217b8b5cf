"""What a server needs beyond valid settings: a place that siblings share, a data folder, a secret."""

import dataclasses
import os
import secrets
from pathlib import Path

from portico.settings.deployment import S3, Secrets
from portico.settings.load import SettingsError
from portico.settings.models import Settings

EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h
SECRET_FILE = "secret.key"  # noqa: S105 -- the name of the file


def prepare(settings: Settings) -> Settings:
    """Make the data folder and, on one machine, the secret; return the settings with what was made.

    Raises SettingsError when this process must not serve with these settings.
    """
    if settings.kubernetes and not settings.database.is_postgres and not settings.server.single_replica:
        raise SettingsError(
            "DATABASE_URL is not set, and this is Kubernetes: each pod would have a database of its own. Set DATABASE_URL to a PostgreSQL, "
            "or set PORTICO_SINGLE_REPLICA=1 if there is exactly one replica, with a volume at PORTICO_DATA_DIR."
        )
    if bool(settings.access.admin_email) != bool(settings.access.admin_password):
        raise SettingsError("PORTICO_ADMIN_EMAIL and PORTICO_ADMIN_PASSWORD belong together: set both, or neither and use the page.")
    if settings.objects == "s3":
        _require_bucket(settings.s3)
    if settings.database.is_postgres:
        if settings.objects == "directory":
            _make_folder(settings.data.dir)
        return settings  # without a key of the settings the replicas agree on one that the database keeps
    _make_folder(settings.data.dir)
    if settings.secrets.ring:
        return settings
    return dataclasses.replace(settings, secrets=Secrets(keys=(_secret_of(settings.data.dir / SECRET_FILE),)))


def _require_bucket(s3: S3) -> None:
    if not s3.bucket:
        raise SettingsError("PORTICO_OBJECTS is s3, but no bucket is named: set S3_BUCKET, and S3_ENDPOINT unless it is Amazon's.")
    if bool(s3.access_key) != bool(s3.secret_key):
        raise SettingsError("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or neither to use the pod's credentials.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".write-{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"PORTICO_DATA_DIR: {folder} cannot be written ({error.strerror}); make it writable for this user, or name another."
        ) from error


def _secret_of(file: Path) -> str:
    """Read the machine's secret, or make it; of several processes that start at once, one makes it and all read the same."""
    if not file.exists():
        fresh = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(32) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(fresh, file)  # fails if another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return read_secret(file)


def read_secret(file: Path) -> str:
    """Read the generated secret. Raises SettingsError when it is damaged or open to others."""
    try:
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{file} can be read by other users: run `chmod 600 {file}`.")
        secret = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: restore it from a backup, or set PORTICO_SECRET_KEY.") from error
    if len(secret) < 16:
        raise SettingsError(f"{file} is damaged: restore it from a backup, or remove it and enter the providers' keys again.")
    return secret
