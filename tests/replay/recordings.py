"""The recordings of real vendors' answers, and a plain reading of each that shares no code with the adapters."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("PORTICO_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "providers"
PROTOCOLS = ("openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama-chat")


@dataclass(frozen=True)
class Recording:
    protocol: str
    name: str
    body: bytes
    status: int = 200
    content_type: str = "text/event-stream"


def load(protocol: str) -> list[Recording]:
    found = []
    for path in sorted((FOLDER / protocol).glob("*.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        body = path.with_suffix(".body").read_bytes()
        found.append(Recording(protocol, path.stem, body, about["status"], about["content_type"] or "text/plain"))
    return found


@dataclass
class Reading:
    """What a stream says. `usage` is input, output, cached, reasoning; `whole` tells whether it came to its end."""

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, Any]] | None = None
    usage: tuple[int, int, int, int] | None = None
    finish: str = ""
    error: bool = False

    @property
    def whole(self) -> bool:
        return bool(self.finish)


def objects(recording: Recording) -> list[dict[str, Any]]:
    """Return the JSON of each data line; a line that a cut left incomplete is not there."""
    found = []
    for line in recording.body.decode("utf-8", "ignore").replace("\r\n", "\n").split("\n"):
        said = line if recording.protocol == "ollama-chat" else line.removeprefix("data:") if line.startswith("data:") else ""
        if said.strip() == "[DONE]":
            found.append({"DONE": True})
        elif said.strip():
            try:
                found.append(json.loads(said))
            except ValueError:
                continue
    return found


def read(recording: Recording) -> Reading:
    readers = {
        "openai-chat": read_chat,
        "openai-responses": read_responses,
        "anthropic-messages": read_messages,
        "gemini": read_gemini,
        "ollama-chat": read_ollama,
    }
    reading = readers[recording.protocol](objects(recording))
    if reading.calls and reading.finish == "stop":
        reading.finish = "tool_calls"  # an answer that calls waits for results, whatever word the vendor has for it
    return reading


CHAT_FINISH = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


def read_chat(chunks: list[dict[str, Any]]) -> Reading:
    reading = Reading()
    calls: dict[Any, list[str]] = {}
    for chunk in chunks:
        if chunk.get("DONE"):
            reading.finish = reading.finish or "stop"
        if chunk.get("error") or (chunk.get("x_groq") or {}).get("error"):
            reading.error = True
        usage = chunk.get("usage") or (None if reading.usage else (chunk.get("x_groq") or {}).get("usage"))
        if usage:
            reading.usage = chat_usage(usage)
        for choice in chunk.get("choices") or []:
            if choice.get("index") in (0, None):
                read_chat_delta(choice.get("delta") or {}, reading, calls)
                if choice.get("finish_reason"):
                    reading.finish = CHAT_FINISH.get(choice["finish_reason"], "stop")
    reading.calls = [(call[0], call[1] or "{}") for call in calls.values()]
    return reading


def read_chat_delta(delta: dict[str, Any], reading: Reading, calls: dict[Any, list[str]]) -> None:
    content = delta.get("content")
    if isinstance(content, list):
        for block in content:
            if block["type"] == "thinking":
                reading.reasoning += "".join(piece["text"] for piece in block["thinking"])
            else:
                reading.text += block.get("text", "")
    else:
        reading.text += content or ""
    details = "".join(detail.get("text") or detail.get("summary") or "" for detail in delta.get("reasoning_details") or [])
    reading.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or details
    pieces = delta.get("tool_calls") or []
    if delta.get("function_call"):
        pieces = [{"index": 0, "function": delta["function_call"]}]
    for piece in pieces:
        function = piece.get("function") or {}
        key = (piece.get("index"), piece["id"]) if piece.get("id") else _last_key(calls, piece.get("index"))
        call = calls.setdefault(key, ["", ""])
        call[0] = call[0] or function.get("name") or ""
        call[1] += function.get("arguments") or ""


def _last_key(calls: dict[Any, list[str]], index: Any) -> Any:
    """The call that a piece without an id goes on with: the last one at its place."""
    return next((key for key in reversed(calls) if index is None or key[0] == index), (index, None))


def chat_usage(usage: dict[str, Any]) -> tuple[int, int, int, int]:
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    cached = cached or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens") or 0
    reasoning = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or usage.get("reasoning_tokens") or 0
    return usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0, cached, reasoning


def read_responses(events: list[dict[str, Any]]) -> Reading:
    reading = Reading()
    calls: dict[int, list[str]] = {}
    for event in events:
        kind = event.get("type", "")
        if kind == "response.output_text.delta":
            reading.text += event["delta"]
        elif kind in ("response.reasoning_summary_text.delta", "response.reasoning_text.delta"):
            reading.reasoning += event["delta"]
        elif kind == "response.reasoning_summary_part.added" and event["summary_index"] > 0:
            reading.reasoning += "\n\n"  # the parts of a summary are paragraphs
        elif kind == "response.output_item.added" and event["item"]["type"] in ("function_call", "custom_tool_call"):
            calls[event["output_index"]] = [event["item"]["name"], ""]
        elif kind in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
            calls[event["output_index"]][1] += event["delta"]
        elif kind == "response.output_item.done" and event["output_index"] in calls:
            item = event["item"]
            calls[event["output_index"]][1] = item.get("arguments") or item.get("input") or "{}"
        elif kind in ("error", "response.failed"):
            reading.error = True
        elif kind in ("response.completed", "response.incomplete"):
            read_response(event["response"], reading)
    reading.calls = [(name, arguments) for name, arguments in calls.values()]
    return reading


def read_response(response: dict[str, Any], reading: Reading) -> None:
    reason = (response.get("incomplete_details") or {}).get("reason")
    reading.finish = {None: "stop", "content_filter": "content_filter"}.get(reason, "length")
    usage = response.get("usage")
    if usage:
        cached = (usage.get("input_tokens_details") or {}).get("cached_tokens") or 0
        reasoning = (usage.get("output_tokens_details") or {}).get("reasoning_tokens") or 0
        reading.usage = (usage["input_tokens"], usage["output_tokens"], cached, reasoning)


MESSAGES_FINISH = {"max_tokens": "length", "model_context_window_exceeded": "length", "tool_use": "tool_calls", "pause_turn": "pause"}


def read_messages(events: list[dict[str, Any]]) -> Reading:
    reading = Reading()
    calls: dict[int, list[str]] = {}
    usage: dict[str, Any] = {}
    for event in events:
        kind = event.get("type")
        if kind == "error":
            reading.error = True
        elif kind == "message_start":
            usage.update(event["message"]["usage"])
        elif kind == "content_block_start":
            block = event["content_block"]
            reading.text += block.get("text") or "" if block["type"] == "text" else ""
            if block["type"] == "tool_use":
                calls[event["index"]] = [block["name"], ""]
        elif kind == "content_block_delta":
            delta = event["delta"]
            reading.text += delta.get("text") or ""
            reading.reasoning += delta.get("thinking") or ""
            if event["index"] in calls:
                calls[event["index"]][1] += delta.get("partial_json") or ""
        elif kind == "message_delta":
            usage.update({name: value for name, value in event["usage"].items() if value is not None})
            reason = event["delta"]["stop_reason"]
            reading.finish = "content_filter" if reason == "refusal" else MESSAGES_FINISH.get(reason, "stop")
    reading.calls = [(name, arguments or "{}") for name, arguments in calls.values()]
    if usage:
        cached = usage.get("cache_read_input_tokens") or 0
        asked = usage["input_tokens"] + cached + (usage.get("cache_creation_input_tokens") or 0)
        thought = (usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0
        reading.usage = (asked, usage["output_tokens"], cached, thought)
    return reading


def read_gemini(chunks: list[dict[str, Any]]) -> Reading:
    reading = Reading(calls=[])
    usage: dict[str, Any] = {}
    for chunk in chunks:
        reading.error = reading.error or "error" in chunk
        usage.update(chunk.get("usageMetadata") or {})
        for candidate in (chunk.get("candidates") or [])[:1]:
            for part in candidate.get("content", {}).get("parts") or []:
                if part.get("thought"):
                    reading.reasoning += part.get("text") or ""
                else:
                    reading.text += part.get("text") or ""
                if "functionCall" in part:
                    reading.calls = [*(reading.calls or []), (part["functionCall"]["name"], part["functionCall"].get("args") or {})]
            if candidate.get("finishReason"):
                reading.finish = {"STOP": "stop", "MAX_TOKENS": "length"}.get(candidate["finishReason"], "content_filter")
    if usage:
        thought = usage.get("thoughtsTokenCount") or 0
        asked = usage.get("promptTokenCount", 0) + (usage.get("toolUsePromptTokenCount") or 0)
        said = (usage.get("candidatesTokenCount") or 0) + thought
        reading.usage = (asked, said, usage.get("cachedContentTokenCount") or 0, thought)
    return reading


def read_ollama(lines: list[dict[str, Any]]) -> Reading:
    reading = Reading(calls=[])
    for line in lines:
        reading.error = reading.error or "error" in line
        message = line.get("message") or {}
        reading.text += message.get("content") or ""
        reading.reasoning += message.get("thinking") or ""
        for call in message.get("tool_calls") or []:
            reading.calls = [*(reading.calls or []), (call["function"]["name"], call["function"].get("arguments") or {})]
        if line.get("done"):
            reading.usage = (line.get("prompt_eval_count") or 0, line.get("eval_count") or 0, 0, 0)
            reading.finish = "length" if line.get("done_reason") == "length" else "stop"
    return reading


WORDS = frozenset({"content", "text", "thinking", "reasoning", "reasoning_content", "summary"})


def in_chinese(recording: Recording) -> Recording:
    """Return the same stream with every letter of its words replaced by a Chinese character, written as UTF-8."""

    def chinese(text: str) -> str:
        return "".join(chr(0x4E00 + ord(letter)) if letter.isascii() and letter.isalpha() else letter for letter in text)

    def turned(value: Any, name: str, parent: dict[str, Any]) -> Any:
        if isinstance(value, dict):
            return {key: turned(inner, key, value) for key, inner in value.items()}
        if isinstance(value, list):
            return [turned(inner, name, parent) for inner in value]
        is_delta = name == "delta" and "text" in str(parent.get("type"))
        return chinese(value) if isinstance(value, str) and (name in WORDS or is_delta) else value

    lines = []
    for line in recording.body.decode().split("\n"):
        prefix = "" if recording.protocol == "ollama-chat" else "data: "
        said = line.strip().removeprefix("data:").strip()
        if said.startswith("{") and (line.startswith("data:") or not prefix):
            said = json.dumps(turned(json.loads(said), "", {}), ensure_ascii=False)
            lines.append(prefix + said + ("\r" if line.endswith("\r") else ""))
        else:
            lines.append(line)
    body = "\n".join(lines).encode()
    return Recording(recording.protocol, recording.name + " (Chinese)", body, recording.status, recording.content_type)
