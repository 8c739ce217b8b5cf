"""Log lines and metrics."""

import asyncio
import io
import json
import logging
import socket
from collections.abc import Iterator

import pytest

from portico.infra.telemetry import Counter, Gauge, Histogram, Metrics, MetricsServer, configure_logging, plain, request_id, run_id


@pytest.fixture(autouse=True)
def keep_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def log_line(style, text: str, *values: object, **extra: object) -> str:
    stream = io.StringIO()
    configure_logging(style, "info", stream)
    logging.getLogger("test").info(text, *values, extra=extra)
    return stream.getvalue()


def test_a_json_line_holds_the_ids_of_its_context_and_the_callers_fields() -> None:
    tokens = request_id.set("r-1"), run_id.set("run-1")
    line = json.loads(log_line("json", "hello %s", "ada", provider="groq"))
    request_id.reset(tokens[0])
    run_id.reset(tokens[1])
    assert {key: line[key] for key in ("level", "logger", "message", "request_id", "run_id", "provider")} == {
        "level": "info",
        "logger": "test",
        "message": "hello ada",
        "request_id": "r-1",
        "run_id": "run-1",
        "provider": "groq",
    }
    assert line["time"].endswith("Z")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("evil", ["a\r\nINFO forged", "a\nb", "\x1b[2Jclear", "a\u2028b", "\x00"])
def test_no_text_can_forge_a_second_line(style, evil: str) -> None:
    output = log_line(style, "name %s", evil, field=evil)
    assert output.count("\n") == 1
    assert output.isascii() or style == "console"
    assert all(char.isprintable() for char in output.removesuffix("\n"))


def test_a_traceback_is_marked_on_the_console_and_a_field_in_json() -> None:
    stream = io.StringIO()
    configure_logging("console", "info", stream)
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("test").exception("failed")
    lines = stream.getvalue().splitlines()
    assert all(line.startswith("  | ") for line in lines[1:])
    assert "ValueError: first" in stream.getvalue()


def test_levels_below_the_chosen_one_are_left_out() -> None:
    stream = io.StringIO()
    configure_logging("console", "warning", stream)
    logging.getLogger("test").info("quiet")
    assert stream.getvalue() == ""


def test_printable_text_is_left_as_it_is() -> None:
    assert plain("Grüße, 你好") == "Grüße, 你好"


def test_a_counter_grows_by_its_labels() -> None:
    counter = Counter("requests_total", "Requests.", ("method",))
    counter.inc("GET")
    counter.inc("GET", by=2)
    counter.inc('we"ird\\\n')
    assert counter.render() == (
        "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
        'requests_total{method="GET"} 3\nrequests_total{method="we\\"ird\\\\\\n"} 1\n'
    )


def test_a_counter_without_labels_begins_at_zero_and_a_series_that_is_begun_too() -> None:
    assert Counter("a_total", "A.").render().endswith("a_total 0\n")
    counter = Counter("a_total", "A.", ("who",))
    counter.begin("b")
    assert counter.render().endswith('a_total{who="b"} 0\n')


@pytest.mark.parametrize(
    ("value", "text"), [(1_234_567, "1234567"), (12_345_678_901, "12345678901"), (0.1, "0.1"), (1_234_567.25, "1234567.25")]
)
def test_a_large_number_keeps_all_its_digits(value: float, text: str) -> None:
    counter, histogram = Counter("a_total", "A."), Histogram("b", "B.", buckets=(1.0,))
    counter.inc(by=value)
    histogram.observe(value)
    assert counter.render().endswith(f"a_total {text}\n")
    assert f"b_sum {text}\n" in histogram.render()


def test_a_gauge_is_set_and_forgotten() -> None:
    gauge = Gauge("streams", "Streams.", ("kind",))
    gauge.set(5, "a")
    assert gauge.value("a") == 5
    gauge.forget("a")
    assert "kind=" not in gauge.render()


def test_a_histogram_counts_cumulatively() -> None:
    histogram = Histogram("wait_seconds", "Wait.", buckets=(0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7.0):
        histogram.observe(value)
    assert histogram.render().splitlines()[2:] == [
        'wait_seconds_bucket{le="0.1"} 2',
        'wait_seconds_bucket{le="1.0"} 3',
        'wait_seconds_bucket{le="+Inf"} 4',
        "wait_seconds_sum 7.65",
        "wait_seconds_count 4",
    ]


def test_labels_cannot_eat_the_memory() -> None:
    counter = Counter("a_total", "A.", ("who",))
    for number in range(1500):
        counter.inc(str(number))
    assert counter.value("other") == 500


def test_a_wrong_number_of_labels_is_an_error() -> None:
    with pytest.raises(ValueError, match="takes the labels"):
        Counter("a_total", "A.", ("who",)).inc()


def test_every_metric_of_the_operations_is_there() -> None:
    text = Metrics().render()
    for name in (
        "requests_total",
        "request_seconds",
        "errors_total",
        "live_streams",
        "first_token_seconds",
        "tokens_per_second",
        "queue_wait_seconds",
        "resumes_total",
        "reaps_total",
        "database_connections",
        "tick_lag_seconds",
        "provider_health",
    ):
        assert f"# TYPE portico_{name} " in text
    assert "process_resident_memory_bytes" in text


async def test_the_metrics_tell_how_many_tasks_and_descriptors_there_are() -> None:
    def value(name: str) -> int:
        return int(next(line for line in Metrics().render().splitlines() if line.startswith(f"{name} ")).split()[1])

    tasks, files = value("portico_tasks"), value("process_open_fds")
    more = asyncio.create_task(asyncio.sleep(60), name="more")
    with socket.socket():
        assert (value("portico_tasks"), value("process_open_fds")) == (tasks + 1, files + 1)
    more.cancel()


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_metrics_are_served_on_a_port_of_their_own() -> None:
    metrics = Metrics()
    metrics.streams.set(3)
    server = MetricsServer(metrics, "127.0.0.1", 0)
    port = await server.start()
    answer = await ask(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\nportico_live_streams 3\n" in answer
    assert (await ask(port, b"GET /other HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404")
    assert (await ask(port, b"POST /metrics HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404")
    await server.close()
