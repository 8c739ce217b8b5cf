"""Makes the Secret of this release's keys, once.

It may create Secrets and nothing else: it can neither read nor change one that exists. Whether one exists it learns from a creation that
is only tried (`dryRun`). A database that is there before its key is asked first: over secrets that another key sealed none is made.
"""

import argparse
import base64
import json
import os
import secrets
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

API = "https://kubernetes.default.svc"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
WAIT_S = 600.0
# Exit statuses of `portico db status`: the schema is this version's, older or newer; there is none; the database does not answer.
MIGRATED = frozenset({0, 3, 4})
EMPTY = 5
UNAVAILABLE = 69


def main() -> int:
    options = _options()
    values = _values(options)
    if _create(options, values, dry_run=True) == 409:
        print(f"The Secret {options.secret} is there; nothing was made.")
        return 0
    if options.check_database and not _is_ready_for(values["secret-key"]):
        print(
            f"The Secret {options.secret} is missing, and the database holds secrets that its key sealed: restore it from a backup, "
            "or name the one that holds the key in keys.existingSecret. If it is lost, `portico keys forget` gives up what it sealed.",
            file=sys.stderr,
        )
        return 1
    made = _create(options, values, dry_run=False)
    print(f"The Secret {options.secret} was {'made' if made == 201 else 'made by another Job'}. Keep a copy of it with your backups.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret", required=True, help="name of the Secret")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--key", action="store_true", help="make the key that seals")
    parser.add_argument("--database-host", default="", help="make a password for the database on this host, and its address")
    parser.add_argument("--check-database", action="store_true", help="make no key over secrets that another one sealed")
    parser.add_argument("--api", default=API, help="address of Kubernetes' API")
    parser.add_argument("--account", type=Path, default=ACCOUNT, help="folder with the token and the certificate of the API")
    return parser.parse_args()


def _values(options: argparse.Namespace) -> dict[str, str]:
    """Make what the Secret is to hold."""
    values: dict[str, str] = {}
    if options.key:
        values["secret-key"] = secrets.token_urlsafe(32)
    if options.database_host:
        password = secrets.token_hex(24)  # nothing that an address would have to escape
        values["database-password"] = password
        values["database-url"] = f"postgresql://portico:{password}@{options.database_host}:5432/portico"
    return values


def _create(options: argparse.Namespace, values: dict[str, str], *, dry_run: bool) -> int:
    """Create the Secret and return the status: 201, or 409 if it exists."""
    request = urllib.request.Request(
        f"{options.api}/api/v1/namespaces/{options.namespace}/secrets{'?dryRun=All' if dry_run else ''}",
        data=json.dumps(_secret(options.secret, values)).encode(),
        headers={"Authorization": f"Bearer {(options.account / 'token').read_text().strip()}", "Content-Type": "application/json"},
    )
    certificate = options.account / "ca.crt"
    trust = ssl.create_default_context(cafile=certificate) if certificate.exists() else None
    try:
        with urllib.request.urlopen(request, timeout=30, context=trust) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        if error.code == 409:
            return 409
        raise SystemExit(f"Kubernetes answered {error.code}: {error.read(500).decode(errors='replace')}") from error


def _secret(name: str, values: dict[str, str]) -> dict[str, object]:
    # Not the release's label: Argo CD would take the Secret for a part of the release that is no longer wanted, and delete it.
    labels = {"app.kubernetes.io/part-of": "portico"}
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": labels}, "type": "Opaque", "data": data}


def _is_ready_for(key: str) -> bool:
    """Wait until the database answers, and return whether it holds nothing that this key would not open."""
    ends = time.monotonic() + WAIT_S
    while True:
        status = _portico("db", "status")
        if status.returncode == EMPTY:
            return True
        if status.returncode in MIGRATED:
            return _portico("keys", "check", PORTICO_SECRET_KEY=key).returncode == 0
        if status.returncode != UNAVAILABLE or time.monotonic() > ends:
            raise SystemExit(f"The database cannot be looked at: {status.stdout}{status.stderr}")
        time.sleep(2)


def _portico(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["portico", *words], env={**os.environ, **settings}, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
