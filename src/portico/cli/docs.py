"""`portico docs`: the generated reference pages."""

import argparse
from collections.abc import Callable
from pathlib import Path

from portico.cli import CommandError
from portico.cli.reference import cli_page, errors_page, events_page
from portico.settings.reference import settings_page

PAGES: dict[str, Callable[[], str]] = {"settings": settings_page, "errors": errors_page, "events": events_page, "cli": cli_page}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", help=f"a page to print ({', '.join(PAGES)}), or the folder to write all of them to")


def run(arguments: argparse.Namespace) -> int:
    what: str = arguments.what
    if what in PAGES:
        print(PAGES[what](), end="")
        return 0
    folder = Path(what)
    if not folder.is_dir():
        raise CommandError(f"{what} is neither a page ({', '.join(PAGES)}) nor a folder.")
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page(), encoding="utf-8")
    return 0
