"""A model server that says what a recording holds, cut in the way that the address asks for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.replay.recordings import Recording

_SLOW_BYTES = 2100


def cut(body: bytes, how: str) -> tuple[list[bytes], str]:
    """Return the pieces to send, and how the answer ends: `whole`, `dropped` (connection lost) or `closed` (a proper end too early)."""
    name, _, number = how.partition("-")
    if name == "sevens":
        tiny = [body[at : at + 7] for at in range(0, min(len(body), _SLOW_BYTES), 7)]
        return [*tiny, *(body[at : at + 7001] for at in range(len(b"".join(tiny)), len(body), 7001))], "whole"
    if name == "split":
        return [body[: int(number)], body[int(number) :]], "whole"
    if name in ("dropped", "closed"):
        return [body[: len(body) // 2]], name
    return [body], "whole"


class ReplayServer:
    """Serves at `/<number>/<how>/...`, where number is a recording's place in `recordings`."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []
        self.port: int = 0

    def address(self, recording: Recording, how: str) -> str:
        if recording not in self.recordings:
            self.recordings.append(recording)
        return f"http://127.0.0.1:{self.port}/{self.recordings.index(recording)}/{how}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        recording = self.recordings[int(request.match_info["number"])]
        pieces, ending = cut(recording.body, request.match_info["how"])
        response = web.StreamResponse(status=recording.status, headers={"Content-Type": recording.content_type})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
            if len(pieces) > 1:
                await asyncio.sleep(0)
        if ending == "dropped" and request.transport is not None:
            request.transport.abort()
        return response


@asynccontextmanager
async def replay_server() -> AsyncIterator[tuple[ReplayServer, aiohttp.ClientSession]]:
    """Run the server on a free port of this machine, with a session to reach it."""
    server = ReplayServer()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{number}/{how}/{rest:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        try:
            yield server, session
        finally:
            await runner.cleanup()
