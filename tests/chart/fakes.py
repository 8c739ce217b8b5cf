"""What stands in for a cluster: an API server that keeps Secrets, and pods that are processes of this machine."""

import base64
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.chart.rendering import Object, Rendered, pods_of

TOKEN = "token-of-the-job"


@dataclass
class ApiServer:
    """Keeps what was created, by name. Everything but creating a Secret with the right token is refused."""

    address: str = ""
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)  # of the Secret that was made last
    asked: list[str] = field(default_factory=list)

    def create(self, path: str, token: str, body: dict[str, Any]) -> int:
        self.asked.append(path)
        place, _, query = path.partition("?")
        if place != "/api/v1/namespaces/chat/secrets" or token != f"Bearer {TOKEN}" or body["kind"] != "Secret":
            return 403
        name: str = body["metadata"]["name"]
        if name in self.secrets:
            return 409
        if query != "dryRun=All":
            self.labels = body["metadata"]["labels"]
            self.secrets[name] = {key: base64.b64decode(value).decode() for key, value in body["data"].items()}
        return 201


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """Serve the API on a free port of this machine."""
    api = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(api.create(self.path, self.headers["Authorization"], body))
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Node:
    """Runs the containers of rendered pods here: their commands, settings and mounted Secrets, with other paths and addresses."""

    made: Rendered
    folder: Path
    api: ApiServer
    outside: dict[str, dict[str, str]]  # Secrets that operators made
    port: int = 0

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        (self.folder / "account").mkdir()
        (self.folder / "account" / "token").write_text(TOKEN + "\n")

    def run(self, item: Object, *, init: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the container of a Job or a Pod, or the first one of a Deployment, to its end."""
        command, env = self._prepare(item, init=init)
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)

    @contextmanager
    def serving(self, item: Object) -> Iterator[str]:
        """Run the container of a Deployment until the block ends; gives its address when its probes pass."""
        command, env = self._prepare(item, init=False)
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{self.port}"
        try:
            for kind in ("startup", "readiness", "liveness"):
                _await_probe(address + pods_of(item)["containers"][0][f"{kind}Probe"]["httpGet"]["path"], process)
            yield address
        finally:
            process.terminate()
            process.wait(30)

    def _prepare(self, item: Object, *, init: bool) -> tuple[list[str], dict[str, str]]:
        spec = pods_of(item)
        container = spec["initContainers" if init else "containers"][0]
        mounted = {volume["name"]: self._mounted(item, volume) for volume in spec["volumes"]}
        places = {mount["mountPath"]: str(mounted[mount["name"]]) for mount in container["volumeMounts"]}
        env = {name: _placed(value, places) for name, value in self._environment(container).items()}
        command = [_placed(word, places) for word in container["command"]]
        if "make_keys.py" in command[1]:
            command += [f"--api={self.api.address}", f"--account={self.folder / 'account'}"]
        command = [word.replace("http://demo-portico:80", f"http://127.0.0.1:{self.port}") for word in command]
        binaries = Path(sys.executable).parent
        here = {
            "PATH": f"{binaries}:/usr/bin:/bin",
            "KUBERNETES_SERVICE_HOST": "10.0.0.1",
            "PORTICO_METRICS_BIND": "127.0.0.1",
            "PORTICO_BIND": "127.0.0.1",
            "POD_IP": "127.0.0.1",
            "PORTICO_PORT": str(self.port),
            "PORTICO_DRAIN_SECONDS": "0",
        }
        return [str(binaries / command[0]), *command[1:]], {**env, **here}

    def _environment(self, container: Object) -> dict[str, str]:
        env: dict[str, str] = {}
        for source in container["envFrom"]:
            kind, name = (
                ("ConfigMap", source["configMapRef"]["name"]) if "configMapRef" in source else ("Secret", source["secretRef"]["name"])
            )
            env |= self._values(kind, name)
        return env | {variable["name"]: variable["value"] for variable in container["env"] if "value" in variable}

    def _values(self, kind: str, name: str) -> dict[str, str]:
        for item in self.made.all(kind):
            if item["metadata"]["name"] == name:
                values: dict[str, str] = item.get("data") or item["stringData"]
                return values
        return self.outside[name] if name in self.outside else self.api.secrets[name]

    def _mounted(self, item: Object, volume: Object) -> Path:
        folder = self.folder / item["metadata"]["name"] / volume["name"]
        folder.mkdir(parents=True, exist_ok=True)
        if "secret" in volume:
            values = self._values("Secret", volume["secret"]["secretName"])
            for entry in volume["secret"]["items"]:
                (folder / entry["path"]).write_text(values[entry["key"]])
        elif "configMap" in volume:
            for name, text in self._values("ConfigMap", volume["configMap"]["name"]).items():
                (folder / name).write_text(text)
        return folder


def _placed(text: str, places: dict[str, str]) -> str:
    """Exchange the path of a mount for that of this machine."""
    for inside, outside in sorted(places.items(), key=lambda place: -len(place[0])):
        if text == inside or text.startswith(inside + "/"):
            return outside + text.removeprefix(inside)
    return text


def _await_probe(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the pod ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
