"""`portico worker`: background jobs without page, API and answers, as a Deployment of its own."""

import argparse
import asyncio
import signal

from portico.cli import CommandError
from portico.cli.process import await_schema, check_ring, open_metrics, ready_settings, run_loop
from portico.settings import EXIT_CONFIG, Settings
from portico.wiring import build
from portico.worker import work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes none


def run(arguments: argparse.Namespace) -> int:
    del arguments
    settings = ready_settings()
    if not settings.database.is_postgres:
        raise CommandError("with SQLite `portico serve` works on the jobs itself: set DATABASE_URL to run workers.", status=EXIT_CONFIG)
    return run_loop(_live(settings))


async def _live(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    portico = await build(settings, worker=True)
    metrics = await open_metrics(portico)
    try:
        await await_schema(portico)
        await check_ring(portico)
        await work(portico, stop)
    finally:
        if metrics is not None:
            await metrics.close()
        await portico.close()
