"""The command line: thin commands over the services. Each command loads only what it needs, so that `serve` starts quickly."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from portico import __version__
from portico.errors import PorticoError
from portico.settings import EXIT_CONFIG, SettingsError

EXIT_UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h

COMMANDS = {
    "serve": "serve the page and the API, and produce answers",
    "worker": "work on background jobs only (beside `serve` in a cluster)",
    "db": "bring the database's schema up to date, or look at it",
    "user": "make, list and change accounts",
    "keys": "change the key that seals secrets",
    "health": "ask the server that runs here whether it is ready",
    "doctor": "explain what is wrong with this set-up",
    "capacity": "work out what a number of people needs",
    "openapi": "print the description of the API",
    "docs": "print or write the generated reference pages",
}


class CommandError(Exception):
    """A command cannot do what was asked; the text says why and what to do."""

    def __init__(self, text: str, *, status: int = 1) -> None:
        super().__init__(text)
        self.status: int = status


class Command(Protocol):
    """A module of a command."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0, 1, 2 (usage), 69 (something is not there), 78 (settings) or the command's own."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        command, arguments = _parse(given)
        return command.run(arguments)
    except SettingsError as error:
        return _fail(*error.lines, status=EXIT_CONFIG)
    except CommandError as error:
        return _fail(str(error), status=error.status)
    except PorticoError as error:
        return _fail(f"{error.detail} ({error.code})", status=EXIT_UNAVAILABLE if error.status == 503 else 1)
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def load_command(name: str) -> Command:
    """Return the module of a command."""
    return cast("Command", importlib.import_module(f"portico.cli.{name}"))  # every command's module has both functions


def _parse(given: list[str]) -> tuple[Command, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog="portico", description="The front door to a company's AI.")
    parser.add_argument("--version", action="version", version=f"Portico {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    name = next((word for word in given if not word.startswith("-")), "")
    module: Command | None = None
    for known, text in COMMANDS.items():
        child = commands.add_parser(known, help=text, description=text[0].upper() + text[1:] + ".")
        if known == name:
            module = load_command(known)
            module.add_arguments(child)
    arguments = parser.parse_args(given)
    if module is None:
        parser.error("name a command")
    return module, arguments


def _fail(*lines: str, status: int) -> int:
    for line in lines:
        print(f"portico: {line}", file=sys.stderr)
    return status
