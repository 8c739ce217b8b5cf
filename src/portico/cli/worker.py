"""`portico worker`: background jobs without page, API and answers, as a Deployment of its own."""

import argparse

from portico.cli import CommandError
from portico.cli.serve import ready_settings, run_process
from portico.settings import EXIT_CONFIG


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes none


def run(arguments: argparse.Namespace) -> int:
    del arguments
    settings = ready_settings()
    if not settings.database.is_postgres:
        raise CommandError("with SQLite `portico serve` works on the jobs itself: set DATABASE_URL to run workers.", status=EXIT_CONFIG)
    return run_process(settings, None)
