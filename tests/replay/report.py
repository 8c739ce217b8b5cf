"""Print how many recordings pass, per protocol and way of cutting: `python -m tests.replay.report`."""

import asyncio
import sys
from collections import Counter

from tests.replay.checks import check
from tests.replay.recordings import FOLDER, PROTOCOLS, load
from tests.replay.server import replay_server


async def report() -> int:
    failed = 0
    async with replay_server() as (server, session):
        for protocol in PROTOCOLS:
            tried, passed = Counter[str](), Counter[str]()
            for recording in load(protocol):
                for how, wrong in (await check(server, session, recording)).items():
                    tried[how] += 1
                    passed[how] += not wrong
                    failed += bool(wrong)
                    for line in wrong:
                        print(f"  {recording.name} [{how}] {line}")
            print(f"{protocol:20}", "  ".join(f"{how} {passed[how]}/{tried[how]}" for how in tried))
    return failed


if __name__ == "__main__":
    if not FOLDER.is_dir():
        sys.exit(f"no recordings in {FOLDER}")
    sys.exit(1 if asyncio.run(report()) else 0)
