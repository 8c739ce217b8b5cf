"""Makes the Secret of this release's keys, once.

It may create Secrets and nothing else: it can neither read nor change one that exists. Whether one exists it learns from a creation that
is only tried (`dryRun`). With a database of somebody else's making it makes a key only while that database is empty: a new key over old
data would open nothing that the lost one sealed.
"""

import argparse
import base64
import json
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
UNAVAILABLE = 69  # of `portico`: the database does not answer yet


def main() -> int:
    options = _options()
    if _create(options, dry_run=True) == 409:
        print(f"The Secret {options.secret} is there; nothing was made.")
        return 0
    if options.only_if_empty and not _is_empty():
        print(
            f"The Secret {options.secret} is missing, but the database holds data: restore the Secret from a backup, or name the one "
            "that holds the key in keys.existingSecret. To begin with a new key, and enter the providers' keys again, make it by hand.",
            file=sys.stderr,
        )
        return 1
    made = _create(options, dry_run=False)
    print(f"The Secret {options.secret} was {'made' if made == 201 else 'made by another Job'}. Keep a copy of it with your backups.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret", required=True, help="name of the Secret")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--key", action="store_true", help="make the key that seals")
    parser.add_argument("--database-host", default="", help="make a password for the database on this host, and its address")
    parser.add_argument("--only-if-empty", action="store_true", help="make nothing over a database with data")
    parser.add_argument("--api", default=API, help="address of Kubernetes' API")
    parser.add_argument("--account", type=Path, default=ACCOUNT, help="folder with the token and the certificate of the API")
    return parser.parse_args()


def _create(options: argparse.Namespace, *, dry_run: bool) -> int:
    """Create the Secret and return the status: 201, or 409 if it exists."""
    request = urllib.request.Request(
        f"{options.api}/api/v1/namespaces/{options.namespace}/secrets{'?dryRun=All' if dry_run else ''}",
        data=json.dumps(_secret(options)).encode(),
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


def _secret(options: argparse.Namespace) -> dict[str, object]:
    values: dict[str, str] = {}
    if options.key:
        values["secret-key"] = secrets.token_urlsafe(32)
    if options.database_host:
        password = secrets.token_hex(24)  # nothing that an address would have to escape
        values["database-password"] = password
        values["database-url"] = f"postgresql://portico:{password}@{options.database_host}:5432/portico"
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        # Not the release's label: Argo CD would take the Secret for a part of the release that is no longer wanted, and delete it.
        "metadata": {"name": options.secret, "labels": {"app.kubernetes.io/part-of": "portico"}},
        "type": "Opaque",
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in values.items()},
    }


def _is_empty() -> bool:
    """Wait until the database answers, and return whether it has no schema yet."""
    ends = time.monotonic() + WAIT_S
    while True:
        status = subprocess.run(["portico", "db", "status"], capture_output=True, text=True, check=False)
        if status.returncode in {0, 1} and "is at revision" in status.stdout:
            return "(empty)" in status.stdout
        if status.returncode != UNAVAILABLE or time.monotonic() > ends:
            raise SystemExit(f"The database cannot be looked at: {status.stdout}{status.stderr}")
        time.sleep(2)


if __name__ == "__main__":
    sys.exit(main())
