"""The programs of Debian that stand between: HAProxy before the replicas, PgBouncer before the database."""

import os
import pwd
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.chaos.fleet import free_port, program

READY_S = 10.0
# As an ingress does it: a replica that is not ready gets nothing new, what is open stays open, and a refused connection goes elsewhere.
HAPROXY = """
global
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout http-request 10s
  timeout check 3s
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
frontend front
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  balance leastconn
  option httpchk GET /readyz
{servers}
"""
SERVER = "  server replica{n} 127.0.0.1:{port} check inter 300ms fall 1 rise 1"
PGBOUNCER = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
server_login_retry = 1
query_wait_timeout = 5
ignore_startup_parameters = extra_float_digits
"""


class MissingProgram(Exception):
    """A program of Debian is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: apt install {name}")


def require(name: str) -> str:
    """The path of a program. Raises MissingProgram."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise MissingProgram(name)
    return found


@contextmanager
def haproxy(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """A proxy before replicas on these ports; its address."""
    port = free_port()
    servers = "\n".join(SERVER.format(n=n, port=replica) for n, replica in enumerate(ports))
    file = folder / "haproxy.cfg"
    file.write_text(HAPROXY.format(port=port, servers=servers))
    with program([require("haproxy"), "-db", "-f", str(file)], os.environ, folder / "haproxy.log"):
        _await(port)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def pgbouncer(folder: Path, database_url: str) -> Iterator[str]:
    """A pooler in transaction mode before this database; the database's address through it."""
    address = urlsplit(database_url)
    host = address.hostname or parse_qs(address.query)["host"][0]
    user = address.username or "postgres"
    port = free_port()
    file = folder / "pgbouncer.ini"
    file.write_text(PGBOUNCER.format(host=host, port=address.port or 5432, user=user, listen=port))
    command = [require("pgbouncer"), str(file)]
    if os.getuid() == 0:  # it refuses to run as root; whoever owns the database's socket can reach it
        folder.chmod(0o755)
        command[1:1] = ["-u", pwd.getpwuid(Path(host).stat().st_uid).pw_name]
    with program(command, os.environ, folder / "pgbouncer.log"):
        _await(port)
        yield f"postgresql://{user}@127.0.0.1:{port}{address.path}"


def _await(port: int) -> None:
    ends = time.monotonic() + READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return
