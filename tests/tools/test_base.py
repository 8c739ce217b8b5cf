from portico.tools.base import ToolError


def test_a_tools_failure_is_not_the_callers_fault() -> None:
    error = ToolError("The printer is out of paper.")
    assert (error.status, error.code, error.detail) == (502, "tool_failed", "The printer is out of paper.")
