"""Named points at which a fault drill ends the process, as a crash would: without a goodbye to anybody.

Off unless `PORTICO_CRASH_POINT` is set to `name` or `name:n` (the n-th passage of that point, from 1).
"""

import itertools
import os

_name, _, _count = os.environ.get("PORTICO_CRASH_POINT", "").partition(":")
_passages = itertools.count(1)
_last = int(_count) if _count.isdigit() else 1
POINTS = (
    "submit.before_commit",
    "submit.after_commit",
    "claim.before_commit",
    "claim.after_commit",
    "flush.before",
    "flush.after",
    "finish.before_commit",
    "finish.after_commit",
    "complete.after_commit",
)


def crash_point(name: str) -> None:
    """End the process here if the drill says so."""
    if name == _name and next(_passages) >= _last:
        os._exit(137)
