"""The demo model's texts."""

from typing import Literal

Language = Literal["en", "zh"]

TOUR_REASONING: dict[Language, str] = {
    "en": "The question reaches me as a demo model. I have no knowledge of my own, so I will show what an answer can contain instead. ",
    "zh": "我只是演示模型，没有真正的知识，所以我用一段固定的内容来展示回答可以包含什么。",
}

TOUR: dict[Language, str] = {
    "en": """I am **Portico's demo model**: a script, not an intelligence. I need no key and cost nothing. \
Your words only choose what I show; ask me `/help` for what I can do, or connect a real model under **Settings → Providers**.

## What an answer can hold

1. Text with *emphasis*, `code` and [links](https://commonmark.org).
2. Lists, quotes and tables:

> A quotation stands a little apart.

| Kind | Example | Streams |
|:-----|:-------:|--------:|
| Code | Python | yes |
| Formula | Euler | yes |
| Diagram | Mermaid | when complete |

Code keeps its colours and has a copy button:

```python
def primes(limit: int) -> list[int]:
    sieve = [True] * (limit + 1)
    for n in range(2, int(limit**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = [False] * len(sieve[n * n :: n])
    return [n for n in range(2, limit + 1) if sieve[n]]
```

A formula in the line, $e^{i\\pi} + 1 = 0$, and one of its own:

$$
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}
$$

And a diagram:

```mermaid
flowchart LR
    You -->|question| Portico
    Portico -->|request| Model
    Model -->|tokens| Portico
    Portico -->|stream| You
```

Reload the page while I speak, open a second tab, or press stop: the answer goes on, or stays as far as it came.
""",
    "zh": """我是 **Portico 的演示模型**：我只是一段脚本，没有智能，不需要密钥，也不花钱。\
你的问题只决定我展示什么；输入 `/help` 查看我会做的事，或者在**设置 → 模型服务**里连接真正的模型。

## 一个回答可以包含什么

1. 带有*强调*、`代码`和[链接](https://commonmark.org)的文字。
2. 列表、引用和表格：

> 引用的文字会稍微缩进。

| 种类 | 例子 | 逐字显示 |
|:-----|:-------:|--------:|
| 代码 | Python | 是 |
| 公式 | 欧拉 | 是 |
| 图表 | Mermaid | 完成后 |

代码会着色，并有复制按钮：

```python
def primes(limit: int) -> list[int]:
    sieve = [True] * (limit + 1)
    for n in range(2, int(limit**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = [False] * len(sieve[n * n :: n])
    return [n for n in range(2, limit + 1) if sieve[n]]
```

行内公式 $e^{i\\pi} + 1 = 0$，以及独立的公式：

$$
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}
$$

还有一张图：

```mermaid
flowchart LR
    你 -->|问题| Portico
    Portico -->|请求| 模型
    模型 -->|词元| Portico
    Portico -->|流| 你
```

我说话的时候，你可以刷新页面、打开第二个标签页，或者按停止：回答会继续，或者停在已经说到的地方。
""",
}

HELP: dict[Language, str] = {
    "en": """I am the demo model. A line that begins with one of these commands changes what I do:

| Command | What happens |
|---|---|
| `/tour` | Show what an answer can hold (also without any command) |
| `/words N rate R seed S` | Say N words `w0 w1 ...`, R a second (0 or nothing: at once); `reasoning N`, `cut K`, `stall K` and `wait S` can follow |
| `/echo TEXT` | Say the text |
| `/rate R` | Speak R words a second |
| `/wait S` | Wait S seconds before the first word |
| `/tool NAME {"json": 1}` | Call a tool that was offered to me; several lines call several at once |
| `/image 640x400` | Draw a picture |
| `/cite URL TITLE` | Name a source |
| `/search WORDS` | Say that the vendor searched for this |
| `/fail CODE after N retry S` | Fail with this code, at once or after N words, naming S seconds to wait |
| `/stall S after N` | Stop after N words, for S seconds or for ever |
| `/cut N` | Break the connection after N words |
| `/noprefill` | Refuse to continue a started answer |

My models: `demo` (the tour), `demo-slow`, `demo-fail`, `demo-stall`, `demo-cut`, `demo-tool` (asks for the time), `demo-echo` \
(says what you said) and `demo-noprefill`.
""",
    "zh": """我是演示模型。以下面的命令开头的一行会改变我的行为：

| 命令 | 效果 |
|---|---|
| `/tour` | 展示回答可以包含什么（没有命令时也一样） |
| `/words N rate R seed S` | 说 N 个词 `w0 w1 ...`，每秒 R 个（0 或不写：立即全部）；后面还可以加 `reasoning N`、`cut K`、`stall K`、`wait S` |
| `/echo 文字` | 重复这段文字 |
| `/rate R` | 每秒说 R 个词 |
| `/wait S` | 先等 S 秒 |
| `/tool 名称 {"json": 1}` | 调用提供给我的工具；写几行就同时调用几个 |
| `/image 640x400` | 画一张图 |
| `/cite 网址 标题` | 给出一个来源 |
| `/search 文字` | 声称服务商搜索过这段文字 |
| `/fail 代码 after N retry S` | 以这个错误代码失败，立即或在 N 个词之后，并给出等待的秒数 |
| `/stall S after N` | 在 N 个词之后停住 S 秒，或一直停住 |
| `/cut N` | 在 N 个词之后断开连接 |
| `/noprefill` | 拒绝继续已经开始的回答 |

我的模型：`demo`（展示）、`demo-slow`、`demo-fail`、`demo-stall`、`demo-cut`、`demo-tool`（询问时间）、`demo-echo`（重复你的话）和 `demo-noprefill`。
""",
}
