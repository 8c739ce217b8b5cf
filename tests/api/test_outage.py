"""Every operation while the database is away: an answer that says so and when to come back, never a bare 500."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from portico.app import STATIC, build_app
from portico.settings import load, prepare
from portico.wiring import build
from tests.api.conftest import Instance, environment
from tests.api.world import demo_model, objects_of, operations, send
from tests.runs.outage import Proxy

NEEDS_NO_STORE = {"GET /api/version"}


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_while_the_database_is_away_every_operation_says_so_and_the_page_still_opens(store_url: str, tmp_path: Path) -> None:
    parts = urlsplit(store_url)
    query = parse_qs(parts.query)
    proxy = Proxy(query.get("host", [parts.hostname or ""])[0], int(query.get("port", [parts.port or 5432])[0]))
    await proxy.start()
    behind = f"postgresql://{parts.username or 'postgres'}@127.0.0.1:{proxy.port}{parts.path}"
    portico = await build(prepare(load(environment(behind, tmp_path))))
    await portico.process.start()
    instance = Instance(portico, build_app(portico))
    root = await instance.set_up()
    ids, model = await objects_of(root, instance), await demo_model(root)
    described = await operations(root)
    proxy.away = True
    proxy.cut()
    wrong: list[str] = []
    for operation in described:
        answer = await send(root, operation, ids, model)
        if str(operation) in NEEDS_NO_STORE:
            assert answer.status == 200
        elif (answer.status, answer.json.get("code")) != (503, "database_unavailable") or "retry-after" not in answer.headers:
            wrong.append(f"{operation}: {answer.status} {answer.body[:150]!r}")
    assert not wrong, "\n".join(wrong)
    if (STATIC / "index.html").is_file():
        assert (await root.get("/")).status == 200
    proxy.away = False
    assert (await root.get("/api/session")).json["user"] is not None
    await portico.process.drain(0)
    await portico.process.stop()
    await portico.close()
    await proxy.stop()
