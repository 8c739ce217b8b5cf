"""`portico openapi`."""

import json

from tests.cli.conftest import Run


def test_the_description_is_printed_without_a_trace_of_this_machine(run: Run, tmp_path) -> None:
    ran = run("openapi")
    description = json.loads(ran.out)
    assert {"/api/files", "/api/session", "/api/version"} <= set(description["paths"])
    assert "Problem" in description["components"]["schemas"]
    assert not (tmp_path / "data").exists()


def test_every_route_under_the_api_names_the_problems_that_all_can_have() -> None:
    from portico.cli.openapi import description

    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            assert {"422", "429", "500", "503"} <= set(operation["responses"]), f"{method} {path}"
