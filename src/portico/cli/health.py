"""`portico health`: asks the server of this machine or container whether it is ready, for probes where there is no shell and no curl."""

import argparse
import http.client

from portico.cli import EXIT_UNAVAILABLE
from portico.settings import load

PATHS = {"ready": "/readyz", "live": "/livez", "started": "/startupz"}
_WAIT_S = 4.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("state", nargs="?", choices=tuple(PATHS), default="ready", help="what to ask for (ready)")


def run(arguments: argparse.Namespace) -> int:
    server = load().server
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.bind, server.bind)  # noqa: S104 -- compared, not bound
    connection = http.client.HTTPConnection(host, server.port, timeout=_WAIT_S)
    try:
        connection.request("GET", PATHS[arguments.state])
        answer = connection.getresponse()
        print(answer.read().decode(errors="replace"))
    except OSError as error:
        print(f"nothing answers on {host} port {server.port}: {error}")
        return EXIT_UNAVAILABLE
    finally:
        connection.close()
    return 0 if answer.status == 200 else 1
