"""Print, at the end of the run, how many recordings pass."""

import pytest

SUMMARY: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SUMMARY:
        terminalreporter.section("recordings of real vendors")
        for line in SUMMARY:
            terminalreporter.write_line(line)
