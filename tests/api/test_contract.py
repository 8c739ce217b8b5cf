"""The description of the API holds for whatever is sent: no 500, no status that it does not name, every error a problem with a code."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portico.ids import new_id
from tests.api.conftest import PASSWORD, environment
from tests.api.serving import served

SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)
pytestmark = pytest.mark.slow
EXAMPLES = 10
CONFIG = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})  # the client signs in by itself
ASKS_A_MODEL = {"/api/providers/{provider_id}/test": 2}  # each waits for an answer
STREAMS = re.compile(r"/events$")
CHECKS = [content_type_conformance, response_headers_conformance, response_schema_conformance, status_code_conformance]
ROOT = {"email": "root@example.org", "password": PASSWORD}


@dataclass
class Target:
    """A running instance, a client that may do everything, and ids of objects that exist."""

    address: str
    client: requests.Session
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
def target(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("contract")
    shutil.copy(sqlite_template, folder / "portico.db")
    with served(environment(f"sqlite:///{folder / 'portico.db'}", folder)) as address:
        page = requests.Session()
        page.headers["origin"] = address
        page.post(f"{address}/api/setup", json={**ROOT, "name": "Root"}, timeout=20).raise_for_status()
        key = page.post(f"{address}/api/keys", json={"name": "all", "scopes": ["read", "chat", "admin"]}, timeout=20)
        client = requests.Session()
        client.headers["authorization"] = f"Bearer {key.json()['secret']}"
        yield Target(address, client, objects(address, page))


def objects(address: str, page: requests.Session) -> dict[str, str]:
    """Make one object of each kind; the names are those of the path parameters."""

    def send(method: str, path: str, body: object = None, data: bytes | None = None) -> dict[str, object]:
        content = data if body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if data is not None else "application/json"
        answer = page.request(method, f"{address}/api{path}", data=content, headers={"content-type": kind}, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    conversation, message, file, folder = new_id(), new_id(), new_id(), new_id()
    send("PUT", f"/folders/{folder}", {"name": "Contract"})
    model = {"provider": "demo", "model": "demo"}
    parts = [{"type": "text", "text": "/rate 0\n/echo Hello"}]
    body = {"id": message, "parent": None, "parts": parts, "model": model, "conversation": {"title": "Contract"}}
    run = send("POST", f"/conversations/{conversation}/messages", body)["run"]
    assert isinstance(run, dict)
    send("POST", "/files", {"id": file, "name": "x.txt", "size": 4, "media_type": "text/plain"})
    send("PUT", f"/files/{file}/parts/0", data=b"text")
    session, user = send("GET", "/sessions")["items"], send("GET", "/session")["user"]
    assert isinstance(session, list)
    assert isinstance(user, dict)
    return {
        "conversation_id": conversation,
        "folder_id": folder,
        "message_id": message,
        "run_id": str(run["id"]),
        "file_id": file,
        "session_id": str(session[0]["id"]),
        "user_id": str(user["id"]),
        "provider_id": "demo",
        "model_id": "demo",
    }


@pytest.mark.slow
def test_the_description_holds_for_whatever_is_sent(target: Target) -> None:
    schema = schemathesis.openapi.from_url(f"{target.address}/api/openapi.json", config=CONFIG)
    faults: list[str] = []
    tried = 0
    for result in schema.get_all_operations():
        if isinstance(result, Err):
            faults.append(str(result.err()))
            continue
        operation = result.ok()
        if STREAMS.search(operation.path):
            continue
        tried += 1
        try:
            _fuzz(operation, target)
        except (Exception, BaseExceptionGroup) as fault:  # noqa: BLE001 -- every fault of every operation is to be seen at once
            faults.append(f"{operation.method.upper()} {operation.path}\n{_text(fault)}")
    assert tried > 40
    assert not faults, "\n\n".join(faults)


def _fuzz(operation: schemathesis.APIOperation, target: Target) -> None:
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(mode) for mode in modes))

    examples = ASKS_A_MODEL.get(operation.path, EXAMPLES)

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=SLOW)
    @given(case=cases, known=st.booleans())
    def hold(case: schemathesis.Case, *, known: bool) -> None:
        if known and case.path_parameters:
            case.path_parameters = {**case.path_parameters, **{n: target.ids[n] for n in case.path_parameters if n in target.ids}}
        response = case.call(session=target.client, timeout=15)
        case.validate_response(response, checks=CHECKS)
        _check_problem(response)

    hold()


def _check_problem(response: schemathesis.Response) -> None:
    """Every error is a problem with a stable code; none is a bare 500."""
    if response.status_code < 400:
        return
    assert response.headers["content-type"] == ["application/problem+json"], response.headers
    problem = response.json()
    assert re.fullmatch(r"[a-z][a-z_]+", problem["code"]), problem
    assert problem["status"] == response.status_code
    assert problem["request_id"]
    assert response.status_code != 500, problem


def _text(fault: BaseException) -> str:
    """Return a fault with those inside it."""
    inner = getattr(fault, "exceptions", ())
    return "\n".join([str(fault)[:1500], *(_text(one) for one in inner)])


def test_the_checks_see_an_undocumented_status(target: Target) -> None:
    schema = schemathesis.openapi.from_url(f"{target.address}/api/openapi.json", config=CONFIG)
    operation = schema["/api/version"]["GET"]
    response = requests.get(f"{target.address}/api/nothing", timeout=10)
    with pytest.raises(FailureGroup):
        operation.Case().validate_response(response, checks=CHECKS)
