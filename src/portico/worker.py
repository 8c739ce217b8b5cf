"""The background process: claims jobs and answers no runs. In a cluster it is its own Deployment; on one machine `serve` does its work."""

import asyncio
import logging

from portico.wiring import Portico

logger = logging.getLogger(__name__)
DRAIN_S = 5.0


async def work(portico: Portico, stop: asyncio.Event) -> None:
    """Work on jobs until `stop` is set; then give back what is under way."""
    await portico.process.start()
    logger.info("working on jobs as process %s", portico.process.id)
    await stop.wait()
    await portico.process.drain(DRAIN_S)
    await portico.process.stop()
