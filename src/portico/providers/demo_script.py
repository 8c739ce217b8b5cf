"""What the demo model says: a pure function of the conversation, so that a started answer can be continued exactly."""

import hashlib
import re
from dataclasses import dataclass, replace

from portico.providers.base import ChatRequest, ImagePart, PromptMessage, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from portico.providers.demo_text import HELP, TOUR, TOUR_REASONING, Language

_CJK = "\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(rf"\s*(?:[{_CJK}]{{1,2}}|[^\s{_CJK}]+)\s*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_COMMAND = re.compile(r"^/(words|fail|stall|cut|rate|wait|tool|help|echo|noprefill|tour|image|cite|search)\b[ \t]*(.*)$", re.MULTILINE)
_CONTINUE = re.compile(r"\s*(continue|go on|继续)", re.IGNORECASE)
_TITLE = re.compile(r"\btitle\b|标题", re.IGNORECASE)
_GREEK = "Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta, Theta"
_OVERLAP_CHARS = 24
_LONGEST_SIDE = 2048.0


def tokenise(text: str) -> list[str]:
    """Cut text into the demo model's tokens: a word, or one or two Chinese characters, each with the white space after it."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """Count the demo model's tokens; in a text without Chinese that is the number of words."""
    return len(text.split()) if text.isascii() else len(_TOKEN.findall(text))


@dataclass(frozen=True, slots=True)
class Call:
    call: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Script:
    """What one call of the model will do. Positions (`..._at`) count the tokens of the text, not those of the reasoning before it.

    `rate` is tokens a second, 0 for no waiting at all. `skip` is how many characters of the text exist already and are not said again,
    `said` how many tokens of the text were said by earlier calls.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    image: tuple[int, int] | None = None
    sources: tuple[tuple[str, str], ...] = ()
    searches: tuple[str, ...] = ()
    rate: float | None = None
    wait_s: float = 0.0
    fail_code: str = ""
    fail_at: int = 0
    retry_after_s: float | None = None
    stall_at: int | None = None
    stall_s: float | None = None
    cut_at: int | None = None
    refuses_prefill: bool = False
    skip: int = 0
    said: int = 0


def language(text: str) -> Language:
    return "zh" if _HAN.search(text) else "en"


def text_of(message: PromptMessage) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


def reasoning_of(message: PromptMessage) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, ReasoningPart))


def script(request: ChatRequest) -> Script:
    """Decide the whole answer to a request; a trailing assistant turn that begins it is not said again."""
    messages = request.messages
    trailing = messages[-1] if messages and messages[-1].role == "assistant" else None
    history = messages[:-1] if trailing else messages
    full = _answer(request, history)
    if trailing is None or full.refuses_prefill:
        return full
    return _continued(full, text_of(trailing), reasoning_of(trailing))


def _continued(full: Script, text: str, reasoning: str) -> Script:
    if text:
        skip = len(text) if full.text.startswith(text) else 0
        return replace(full, reasoning="", skip=skip, said=count_tokens(full.text[:skip]))
    if reasoning and full.reasoning.startswith(reasoning):
        return replace(full, reasoning=full.reasoning[len(reasoning) :])
    return full


def _answer(request: ChatRequest, history: tuple[PromptMessage, ...]) -> Script:
    asked = next((i for i in range(len(history) - 1, -1, -1) if history[i].role == "user"), None)
    if asked is None:
        return Script(text=TOUR["en"], reasoning=TOUR_REASONING["en"])
    question = text_of(history[asked])
    if any(message.role == "system" and _TITLE.search(text_of(message)) for message in history):
        return Script(text=_title(question.partition("\n\n")[0]), rate=0)
    if _CONTINUE.match(question) and asked >= 2 and history[asked - 1].role == "assistant":
        earlier = _answer(request, history[: asked - 1])
        resumed = _resumed(earlier, text_of(history[asked - 1]))
        if resumed is not None:
            return resumed
    return _commanded(request, history, asked, question)


def _title(question: str) -> str:
    words = _COMMAND.sub("", question).split() or question.split()
    return " ".join(words[:6])[:60] or "Demo"


def _resumed(earlier: Script, partial: str) -> Script | None:
    """Continue an answer that somebody asked to be continued in words, repeating its last characters as models do."""
    if not partial or not earlier.text.startswith(partial) or len(partial) >= len(earlier.text):
        return None
    rest = earlier.text[max(0, len(partial) - _OVERLAP_CHARS) :]
    return replace(earlier, text=rest, reasoning="", fail_code="", cut_at=None, stall_at=None)


def _commanded(request: ChatRequest, history: tuple[PromptMessage, ...], asked: int, question: str) -> Script:
    commands = [(match.group(1), match.group(2).strip()) for match in _COMMAND.finditer(question)]
    results = [part for message in history[asked:] for part in message.parts if isinstance(part, ToolResultPart)]
    made = _content(request, question, commands, results, asked)
    if request.model == "demo-noprefill":
        made = replace(made, refuses_prefill=True)
    for name, rest in commands:
        made = _behave(made, name, rest)
    return _model_behaviour(made, request.model, {name for name, _ in commands})


def _content(request: ChatRequest, question: str, commands: list[tuple[str, str]], results: list[ToolResultPart], asked: int) -> Script:
    tongue = language(question)
    wanted = [rest for name, rest in commands if name == "tool"]
    if not wanted and request.model == "demo-tool":
        wanted = ["current_time {}"]
    if wanted:
        return Script(text=_report(results, tongue)) if results else _call_tools(request, wanted, asked, tongue)
    for name, rest in commands:
        if name == "words":
            return _words(rest)
        if name == "echo":
            return Script(text=rest)
        if name == "help":
            return Script(text=HELP[tongue])
    if "Greek letters" in question:
        return Script(text=_GREEK)
    if request.model == "demo-echo":
        return Script(text=question, rate=0)
    return Script(text=_seen(request, tongue) + TOUR[tongue], reasoning=TOUR_REASONING[tongue])


def _seen(request: ChatRequest, tongue: Language) -> str:
    last = next((message for message in reversed(request.messages) if message.role == "user"), None)
    images = [part for part in last.parts if isinstance(part, ImagePart)] if last else []
    if not images:
        return ""
    sizes = ", ".join(f"{image.media_type} ({len(image.data)} bytes)" for image in images)
    return f"我收到了图片：{sizes}。\n\n" if tongue == "zh" else f"I was given: {sizes}.\n\n"


def _call_tools(request: ChatRequest, wanted: list[str], asked: int, tongue: Language) -> Script:
    offered = {tool.name for tool in request.tools}
    calls: list[Call] = []
    for number, line in enumerate(wanted):
        name, _, arguments = line.partition(" ")
        if name not in offered:
            text = f"没有提供名为 `{name}` 的工具。" if tongue == "zh" else f"No tool called `{name}` was offered to me."
            return Script(text=text)
        digest = hashlib.sha256(f"{asked}|{number}|{line}".encode()).hexdigest()[:12]
        calls.append(Call(f"demo_{digest}", name, arguments.strip() or "{}"))
    text = "我来查一下。" if tongue == "zh" else "Let me look that up. "
    return Script(text=text, calls=tuple(calls))


def _report(results: list[ToolResultPart], tongue: Language) -> str:
    lines: list[str] = []
    for result in results:
        verdict = ("失败了" if tongue == "zh" else "failed") if result.is_error else ("返回" if tongue == "zh" else "says")
        lines.append(f"`{result.name}` {verdict}: {result.content}")
    return "\n\n".join(lines)


def _options(rest: str) -> dict[str, float]:
    """Read `name number` pairs; a leading number is called `n`."""
    words = rest.split()
    if words and _number(words[0]) is not None:
        words.insert(0, "n")
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name: value for name, text in pairs if (value := _number(text)) is not None}


def _side(wanted: float) -> int:
    """A side of a picture: no more than is drawn in a moment, since all answers of this process wait for it."""
    return int(max(1.0, min(_LONGEST_SIDE, wanted)))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _words(rest: str) -> Script:
    options = _options(rest)
    suffix = f"s{int(options['seed'])}" if "seed" in options else ""
    count = max(0, min(int(options.get("n", 100)), 1_000_000))
    thought = max(0, int(options.get("reasoning", 0)))
    return Script(
        text="".join(f"w{i}{suffix} " for i in range(count)),
        reasoning="".join(f"r{i}{suffix} " for i in range(thought)),
        rate=max(0.0, options.get("rate", 0.0)),
        cut_at=int(options["cut"]) if "cut" in options else None,
        stall_at=int(options["stall"]) if "stall" in options else None,
        wait_s=options.get("wait", 0.0),
    )


def _behave(made: Script, name: str, rest: str) -> Script:
    if name in ("image", "cite", "search"):
        return _furnish(made, name, rest)
    options = _options(rest)
    number = options.get("n")
    if name == "fail":
        code = rest.partition(" ")[0] or "provider_overloaded"
        after = _options(rest.partition(" ")[2])
        return replace(made, fail_code=code, fail_at=int(after.get("after", 0)), retry_after_s=after.get("retry"))
    if name == "stall":
        return replace(made, stall_at=int(options.get("after", 5)), stall_s=number)
    if name == "cut":
        return replace(made, cut_at=int(number if number is not None else 12))
    if name == "rate" and number is not None:
        return replace(made, rate=max(0.0, number))
    if name == "wait" and number is not None:
        return replace(made, wait_s=number)
    return replace(made, refuses_prefill=True) if name == "noprefill" else made


def _furnish(made: Script, name: str, rest: str) -> Script:
    """Add what vendors send besides text: an image, a source, a search of their own."""
    if name == "image":
        width, _, height = rest.lower().partition("x")
        sides = (_number(width) or 640.0, _number(height) or 400.0)
        return replace(made, image=(_side(sides[0]), _side(sides[1])))
    if name == "search":
        return replace(made, searches=(*made.searches, rest))
    url, _, title = rest.partition(" ")
    return replace(made, sources=(*made.sources, (url, title.strip())))


def _model_behaviour(made: Script, model: str, given: set[str]) -> Script:
    if model == "demo-fail" and "fail" not in given:
        return replace(made, fail_code="provider_overloaded")
    if model == "demo-stall" and "stall" not in given:
        return replace(made, stall_at=5)
    if model == "demo-cut" and "cut" not in given and made.cut_at is None:
        return replace(made, cut_at=12)
    return made


def input_tokens(messages: tuple[PromptMessage, ...]) -> int:
    """Count what was sent; an image counts 100."""
    total = 0
    for part in (part for message in messages for part in message.parts):
        match part:
            case TextPart(text) | ReasoningPart(text):
                total += count_tokens(text)
            case ToolCallPart(arguments=arguments):
                total += count_tokens(arguments)
            case ToolResultPart(content=content):
                total += count_tokens(content)
            case ImagePart():
                total += 100
    return total
