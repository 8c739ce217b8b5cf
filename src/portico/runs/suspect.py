"""Asks a silent process whether it lives, so that a killed one is replaced sooner than its lease runs out."""

import asyncio

from portico.infra.lease import Lease, Suspect

DEADLINE_S = 1.0
HEADER = b"x-portico-process:"
ANSWER_BYTES = 4_096


async def bury_the_dead(lease: Lease) -> int:
    """Bury every silent process whose address refuses twice, or answers in another's name. No answer at all proves nothing."""
    buried = 0
    for suspect in await lease.suspects():
        if await _gone(suspect) and await _gone(suspect) and await lease.bury_suspect(suspect):
            buried += 1
    return buried


async def _gone(suspect: Suspect) -> bool:
    host, _, port = suspect.addr.rpartition(":")
    try:
        async with asyncio.timeout(DEADLINE_S):
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            try:
                writer.write(b"GET /livez HTTP/1.1\r\nHost: " + suspect.addr.encode() + b"\r\nConnection: close\r\n\r\n")
                head = (await reader.read(ANSWER_BYTES)).lower()
            finally:
                writer.close()
    except ConnectionRefusedError:
        return True
    except (TimeoutError, OSError):
        return False
    for line in head.split(b"\r\n"):
        if line.startswith(HEADER):
            return line.removeprefix(HEADER).strip() != suspect.id.encode()
    return False
