"""What an operator sees: log lines with request and run ids, and Prometheus metrics on a port of their own."""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Literal, TextIO

request_id: ContextVar[str] = ContextVar("request_id", default="")
run_id: ContextVar[str] = ContextVar("run_id", default="")

LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SPEED_BUCKETS = (5.0, 10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 250.0, 500.0, 1000.0)
_MAX_SERIES = 1000  # of one metric; what comes after is counted under "other", so that a label can never eat the memory
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


# Logs


def plain(text: str) -> str:
    """Escape every control character, so that nothing a client sends can forge or split a log line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Collect the ids of the context and what the caller passed in `extra`."""
    found: dict[str, object] = {}
    if request := request_id.get():
        found["request_id"] = request
    if run := run_id.get():
        found["run_id"] = run
    return found | {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _stamp(created_s: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created_s))
    return f"{whole}.{int(created_s * 1000) % 1000:03d}Z"


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _stamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class ConsoleFormatter(logging.Formatter):
    """One line for a person; a traceback follows on lines of its own that begin with `  | `."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={plain(str(value))}" for name, value in _fields(record).items())
        line = f"{_stamp(record.created)[11:23]} {record.levelname:<7} {plain(record.getMessage())}{fields}"
        if record.exc_info:
            lines = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n  | {plain(text)}" for text in lines)
        return line


def configure_logging(style: Literal["json", "console"], level: str, stream: TextIO | None = None) -> None:
    """Send all log records of this process to `stream` (stderr) in one style; replaces what was configured before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else ConsoleFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "aiohttp.access"):
        logging.getLogger(noisy).disabled = True  # the access log is written by infra.middleware, with ids
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # below that it tells of its own life, and of every scanner
    for quiet in ("asyncio", "alembic.runtime.migration"):
        logging.getLogger(quiet).setLevel(max(logging.WARNING, root.level))


# Metrics. All instruments are used from the event loop's thread only, so they need no lock.


class _Instrument:
    kind = "untyped"

    def __init__(self, name: str, text: str, labels: Sequence[str]) -> None:
        self.name: str = name
        self.text: str = text
        self.labels: tuple[str, ...] = tuple(labels)

    def bound(self, known: int, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return the label values to count under, given that `known` series exist and `values` is not one of them."""
        if len(values) != len(self.labels):
            raise ValueError(f"{self.name} takes the labels {self.labels}")
        return values if known < _MAX_SERIES else ("other",) * len(values)

    def head(self) -> str:
        return f"# HELP {self.name} {self.text}\n# TYPE {self.name} {self.kind}\n"

    def series(self, values: tuple[str, ...], suffix: str = "", extra: str = "") -> str:
        pairs = [f'{label}="{_escape(value)}"' for label, value in zip(self.labels, values, strict=True)]
        if extra:
            pairs.append(extra)
        inner = "{" + ",".join(pairs) + "}" if pairs else ""
        return f"{self.name}{suffix}{inner}"

    def render(self) -> str:
        raise NotImplementedError


def _number(value: float) -> str:
    """All its digits: a counter that is rounded stands still for Prometheus, and then jumps."""
    return f"{value:.0f}" if float(value).is_integer() else repr(float(value))


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Counter(_Instrument):
    """A number that only grows."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, text, labels)
        self._values: dict[tuple[str, ...], float] = {} if labels else {(): 0.0}

    def begin(self, *values: str) -> None:
        """Show a series at zero: a series that appears at one is no increase to whoever asks for rates."""
        self.inc(*values, by=0.0)

    def inc(self, *values: str, by: float = 1.0) -> None:
        key = values if values in self._values else self.bound(len(self._values), values)
        self._values[key] = self._values.get(key, 0.0) + by

    def value(self, *values: str) -> float:
        return self._values.get(values, 0.0)

    def render(self) -> str:
        return self.head() + "".join(f"{self.series(key)} {_number(value)}\n" for key, value in self._values.items())


class Gauge(Counter):
    """A number that goes up and down."""

    kind = "gauge"

    def set(self, value: float, *values: str) -> None:
        key = values if values in self._values else self.bound(len(self._values), values)
        self._values[key] = value

    def forget(self, *values: str) -> None:
        """Drop one series, for a thing that is gone."""
        self._values.pop(values, None)


class Histogram(_Instrument):
    """How often a measured value fell below each bound."""

    kind = "histogram"

    def __init__(self, name: str, text: str, labels: Sequence[str] = (), buckets: Sequence[float] = LATENCY_BUCKETS_S) -> None:
        super().__init__(name, text, labels)
        self._bounds: tuple[float, ...] = tuple(buckets)
        self._values: dict[tuple[str, ...], list[float]] = {}  # per bound, then +Inf, then the sum

    def observe(self, value: float, *values: str) -> None:
        key = values if values in self._values else self.bound(len(self._values), values)
        cells = self._values.setdefault(key, [0.0] * (len(self._bounds) + 2))
        place = next((n for n, bound in enumerate(self._bounds) if value <= bound), len(self._bounds))
        cells[place] += 1
        cells[-1] += value

    def count(self, *values: str) -> int:
        return int(sum(self._values.get(values, [0.0])[:-1]))

    def render(self) -> str:
        lines = [self.head()]
        for key, cells in self._values.items():
            total = 0.0
            for bound, cell in zip((*self._bounds, "+Inf"), cells, strict=False):
                total += cell
                edge = f'le="{bound}"'
                lines.append(f"{self.series(key, '_bucket', edge)} {_number(total)}\n")
            lines.append(f"{self.series(key, '_sum')} {_number(cells[-1])}\n{self.series(key, '_count')} {_number(total)}\n")
        return "".join(lines)


class Metrics:
    """Every metric of Portico, in one place; made once by `wiring` and passed to what measures."""

    def __init__(self) -> None:
        self.requests = Counter("portico_requests_total", "HTTP requests answered.", ("method", "route", "status"))
        self.request_s = Histogram("portico_request_seconds", "Time to answer an HTTP request, event streams left out.", ("route",))
        self.errors = Counter("portico_errors_total", "Errors answered to clients.", ("code",))
        self.streams = Gauge("portico_live_streams", "Event streams open to browsers now.")
        self.runs = Gauge("portico_live_runs", "Runs that this process works on now.")
        self.runs_finished = Counter("portico_runs_finished_total", "Runs that ended.", ("outcome",))
        self.first_token_s = Histogram("portico_first_token_seconds", "From the request to the first token.", ("provider", "model"))
        self.token_speed = Histogram(
            "portico_tokens_per_second", "Output tokens a second of one answer.", ("provider", "model"), SPEED_BUCKETS
        )
        self.tokens = Counter("portico_tokens_total", "Tokens used.", ("provider", "model", "direction"))
        self.queue_wait_s = Histogram("portico_queue_wait_seconds", "From submit to claim of a run.")
        self.resumes = Counter("portico_resumes_total", "Answers continued after their process or connection was lost.", ("how",))
        self.reaps = Counter("portico_reaps_total", "Dead processes found by this one.")
        self.fenced = Counter("portico_fenced_total", "Times this process lost its lease.")
        self.pool = Gauge("portico_database_connections", "Database connections of this process.", ("state",))
        self.database_up = Gauge("portico_database_up", "1 when the last use of the database succeeded.")
        self.tick_lag_s = Histogram("portico_tick_lag_seconds", "How much later than planned a tick began.")
        self.tick_s = Histogram("portico_tick_seconds", "How long a tick took.")
        self.provider_health = Gauge("portico_provider_health", "1 ok, 0.5 degraded, 0 circuit open.", ("provider",))
        self.provider_calls = Counter("portico_provider_calls_total", "Calls of model providers.", ("provider", "outcome"))
        self.jobs = Counter("portico_jobs_total", "Background jobs that ended.", ("kind", "outcome"))
        self._started: float = time.time()

    def render(self) -> str:
        """Return all metrics in the Prometheus text format."""
        own = "".join(item.render() for item in vars(self).values() if isinstance(item, _Instrument))
        memory = _resident_bytes()
        process = f"# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {self._started:.3f}\n"
        process += f"# TYPE portico_tasks gauge\nportico_tasks {_task_count()}\n"
        if files := _open_files():
            process += f"# TYPE process_open_fds gauge\nprocess_open_fds {files}\n"
        if memory:
            process += f"# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {memory}\n"
        return own + process + f"# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {time.process_time():.2f}\n"


def _task_count() -> int:
    """Return how many tasks are under way in the loop that asks, 0 outside of one."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0


def _open_files() -> int:
    """Return the number of open descriptors where the kernel tells it, else 0."""
    try:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:
        return 0


def _resident_bytes() -> int:
    """Return the resident memory where the kernel tells it, else 0."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


class MetricsServer:
    """Answers `GET /metrics` on a port that is not the product's, so that no ingress ever shows it."""

    _READ_S = 5.0

    def __init__(self, metrics: Metrics, host: str, port: int) -> None:
        self._metrics = metrics
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen, and return the port (of use when it was 0)."""
        self._server = await asyncio.start_server(self._answer, self._host, self._port, limit=8192)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._READ_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(head))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            logging.getLogger(__name__).debug("metrics request ended early", extra={"reason": type(error).__name__})
        finally:
            writer.close()

    def _response(self, head: bytes) -> bytes:
        words = head.split(b" ", 2)
        if len(words) < 2 or words[0] not in {b"GET", b"HEAD"} or words[1].split(b"?")[0] not in {b"/metrics", b"/"}:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        body = self._metrics.render().encode()
        head_lines = (
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head_lines.encode() + (body if words[0] == b"GET" else b"")
