"""What `helm test` runs: makes an account on the command line, signs in to the Service, asks, reads the answer as it streams, and ends
the account."""

import argparse
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

QUESTION = "/words 60 rate 60"
NAME = "helm-test"  # what a test's own account is called: one of another name is somebody's, and stays
WAIT_S = 120.0


def main() -> int:
    options = _options()
    password = secrets.token_urlsafe(24)
    client = Client(options.address, options.origin)
    _account(options.email, password)
    own = False
    try:
        client.wait()
        own = client.post("/api/session", {"email": options.email, "password": password})["user"]["name"] == NAME
        return _ask(client, options)
    finally:
        _leave(client, options.email, password, own=own)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True, help="address of the Service, with the base path")
    parser.add_argument("--origin", default="", help="the address that browsers use, if the server was told one")
    parser.add_argument("--email", required=True, help="the account, which is made if it is missing")
    parser.add_argument("--model", required=True, help="provider/model")
    parser.add_argument("--question", default=QUESTION)
    return parser.parse_args()


def _leave(client: "Client", email: str, password: str, *, own: bool) -> None:
    """End the test's own account. Where that is not possible it gets a password that nobody knows, which ends the session."""
    if own:
        try:
            client.post("/api/users/me/delete", {"current": password, "confirm": email})
        except (SystemExit, OSError) as error:
            print(f"The account {email} stays: {error}", file=sys.stderr)
        else:
            return
    _account(email, secrets.token_urlsafe(24))


def _account(email: str, password: str) -> None:
    """Make the account, or give it this password."""
    for verb in (["create", "--name", NAME], ["reset-password"]):
        done = subprocess.run(
            ["portico", "user", *verb, email, "--password-stdin"], input=password + "\n", capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
    raise SystemExit(f"no account for the test: {done.stderr}")


def _ask(client: "Client", options: argparse.Namespace) -> int:
    provider, _, model = options.model.partition("/")
    sent = client.post(
        f"/api/conversations/{_new_id()}/messages",
        {
            "id": _new_id(),
            "parts": [{"type": "text", "text": options.question}],
            "model": {"provider": provider, "model": model},
            "conversation": {"title": "helm test"},
        },
    )
    pieces = 0
    for name, data in client.events(f"/api/runs/{sent['run']['id']}/events"):
        pieces += sum(event["type"] == "text_delta" for event in data.get("events", ()))
        if name == "end":
            status, length = data["message"]["status"], sum(len(part.get("text", "")) for part in data["message"]["parts"])
            print(f"The answer came in {pieces} pieces, {length} characters: {status}.")
            return 0 if status == "done" and pieces and length else 1
    print("The stream ended before the answer did.", file=sys.stderr)
    return 1


class Client:
    """One browser: keeps its cookie, and says that it came over https, as the ingress would."""

    def __init__(self, address: str, origin: str) -> None:
        parts = urlsplit(address)
        self._host, self._port, self._base = parts.hostname or "", parts.port or 80, parts.path.rstrip("/")
        public = urlsplit(origin or f"https://{self._host}")
        self._headers = {
            "Host": public.netloc,
            "Origin": f"{public.scheme}://{public.netloc}",
            "X-Forwarded-Proto": public.scheme,
            "X-Forwarded-For": "127.0.0.1",
        }

    def wait(self) -> None:
        """Wait until some pod serves."""
        ends = time.monotonic() + WAIT_S
        while True:
            try:
                found = str(self._send("GET", "/readyz", None).status)
            except OSError as error:
                found = str(error)
            if found == "200":
                return
            if time.monotonic() > ends:
                raise SystemExit(f"The Service is not ready after {WAIT_S:.0f} s: {found}")
            time.sleep(1)

    def post(self, path: str, body: dict[str, object]) -> dict:
        answer = self._send("POST", path, json.dumps(body))
        text = answer.read().decode(errors="replace")
        if answer.status >= 300:
            raise SystemExit(f"POST {path} answered {answer.status}: {text[:500]}")
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        return json.loads(text or "{}")

    def events(self, path: str) -> Iterator[tuple[str, dict]]:
        """Yield the frames of an event stream, by name."""
        answer = self._send("GET", path, None)
        if answer.status != 200:
            raise SystemExit(f"GET {path} answered {answer.status}: {answer.read(500).decode(errors='replace')}")
        name = ""
        for line in answer:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                yield name, json.loads(line[6:])

    def _send(self, method: str, path: str, body: str | None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=WAIT_S)
        connection.request(method, self._base + path, body, {**self._headers, "Content-Type": "application/json"})
        return connection.getresponse()


def _new_id() -> str:
    """Make a UUIDv7: the time in milliseconds, then chance."""
    number = (
        int(time.time() * 1000) << 80 | 7 << 76 | int.from_bytes(os.urandom(2)) % 4096 << 64 | 2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    )
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


if __name__ == "__main__":
    sys.exit(main())
