"""How much of this machine is ours: cores by affinity and by the container's quota."""

import math
import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def cores(cgroup: Path = _CGROUP) -> int:
    """Return the number of cores that this process may use, at least 1: the smaller of affinity and quota, rounded up."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroup)
    return max(1, usable if quota is None else min(usable, math.ceil(quota)))


def _quota(cgroup: Path) -> float | None:
    """Return the container's limit in cores, None when there is none. cgroup 2 first, then 1."""
    words = _words(cgroup / "cpu.max")
    if len(words) == 2:
        return _ratio(words[0], words[1])
    quota, period = _words(cgroup / "cpu" / "cpu.cfs_quota_us"), _words(cgroup / "cpu" / "cpu.cfs_period_us")
    return _ratio(quota[0], period[0]) if quota and period else None


def _ratio(quota: str, period: str) -> float | None:
    if not quota.isdigit() or not period.isdigit() or int(period) == 0:
        return None  # "max" or -1: no limit
    return int(quota) / int(period)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
