"""A model server that outlives every process of the drill: OpenAI's protocol, a deterministic text, and a record of every call.

A prompt `/words N rate R seed S` is answered by N words of four characters, so that the estimate of tokens is exact: one a word.
A trailing assistant turn is continued at its last character (vLLM's `continue_final_message`). Every 13th seed breaks its first
stream off in the middle, every 17th answers its first call with 429.
"""

import asyncio
import json
import re
import sys
from collections import Counter

from aiohttp import web

PROMPT = re.compile(r"/words (\d+) rate (\d+) seed (\d+)")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
CALLS: Counter[str] = Counter()


def word(number: int) -> str:
    """The word of one place: four characters, a space last, unique up to 46,656."""
    return DIGITS[number // 1296 % 36] + DIGITS[number // 36 % 36] + DIGITS[number % 36] + " "


def whole_text(count: int) -> str:
    return "".join(word(number) for number in range(count))


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content) if isinstance(content, list) else ""


async def complete(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    user = next(_text(turn["content"]) for turn in reversed(body["messages"]) if turn["role"] == "user")
    found = PROMPT.search(user)
    count, rate, seed = (int(text) for text in found.groups()) if found else (3, 100, 0)
    CALLS[str(seed)] += 1
    first = CALLS[str(seed)] == 1
    if seed % 17 == 16 and first:
        return web.json_response({"error": {"message": "slow down", "type": "rate_limit"}}, status=429, headers={"Retry-After": "0"})
    last = body["messages"][-1]
    begun = len(_text(last["content"])) // 4 if last["role"] == "assistant" else 0
    cut_at = count // 2 if seed % 13 == 12 and first else None
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        await _stream(response, begun, count, rate, cut_at)
    except (ConnectionError, asyncio.CancelledError):
        return response
    return response


async def _stream(response: web.StreamResponse, begun: int, count: int, rate: int, cut_at: int | None) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    for said, number in enumerate(range(begun, count)):
        if number == cut_at:
            return
        await asyncio.sleep(max(0.0, start + said / rate - loop.time()))
        await response.write(_event({"content": word(number)}))
    usage = {"prompt_tokens": 10, "completion_tokens": count - begun, "total_tokens": 10 + count - begun}
    await response.write(_event({}, finish="stop"))
    await response.write(b"data: " + json.dumps({"id": "c", "choices": [], "usage": usage}).encode() + b"\n\ndata: [DONE]\n\n")


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


async def models(_request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [{"id": "chaos", "object": "model"}]})


async def calls(_request: web.Request) -> web.Response:
    return web.json_response(dict(CALLS))


def main() -> None:
    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", complete), web.get("/v1/models", models), web.get("/calls", calls)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None, handle_signals=True)


if __name__ == "__main__":
    main()
