"""Cores by affinity and quota."""

import os
from pathlib import Path

import pytest

from portico.settings.machine import cores

USABLE = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, USABLE),
        ({"cpu.max": "max 100000"}, USABLE),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "100000 100000"}, 1),
        ({"cpu.max": "9900000 100000"}, USABLE),
        ({"cpu.max": "nonsense"}, USABLE),
        ({"cpu.max": "1 0"}, USABLE),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, USABLE),
        ({"cpu/cpu.cfs_quota_us": "20000", "cpu/cpu.cfs_period_us": "100000"}, 1),
    ],
)
def test_a_containers_quota_counts_like_fewer_cores(tmp_path: Path, files: dict[str, str], found: int) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == found
