"""How to wait for work that must end although its caller leaves."""

import asyncio


async def settled(task: asyncio.Future[None]) -> None:
    """Wait until the task is over, however often the caller is cancelled meanwhile; then raise the cancellation, or the task's error."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # the caller leaves: nobody else reads it
    raise cancelled
