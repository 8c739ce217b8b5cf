"""How a setting is declared, once: its names, its parser, its default and the reason for it. The reference page is made from this."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
SETTING = "setting"
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the machine says, for defaults that depend on it."""

    env: Mapping[str, str]
    cores: int
    container: bool
    kubernetes: bool
    data_dir: Path = Path()
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `aliases` are the names that LobeChat uses; `why` is the reason for a limit or a default."""

    name: str
    aliases: tuple[str, ...]
    parse: Callable[[str], object]
    text: str
    why: str
    example: str
    secret: bool
    default: str
    compute: Callable[[Facts], object] | None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def setting(
    name: str,
    *aliases: str,
    default: T,
    parse: Callable[[str], T],
    text: str,
    why: str = "",
    example: str = "",
    secret: bool = False,
    shown: str = "",
    compute: Callable[[Facts], T] | None = None,
) -> T:
    """Declare a field of a settings class.

    `shown` replaces the default on the reference page; `compute` makes the default from the machine's facts.
    """
    shown = shown or ("" if default is None else str(default))
    declared = Setting(name, aliases, parse, text, why, example or shown, secret, shown, compute)
    made: Any = field(default=default, repr=not secret, metadata={SETTING: declared})
    return made


# Parsers: each raises ValueError with a phrase that completes "<NAME> ...".


def text(value: str) -> str:
    return value.strip()


def truth(value: str) -> bool:
    word = value.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("must be 1 or 0")
    return word in _TRUE


def whole(low: int, high: int) -> Callable[[str], int]:
    """Make a parser of whole numbers from `low` to `high`; `_` may group digits."""

    def parse(value: str) -> int:
        digits = value.strip().replace("_", "")
        if not re.fullmatch(r"[0-9]{1,15}", digits) or not low <= int(digits) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(digits)

    return parse


def port_or_off(value: str) -> int | None:
    if value.strip().lower() in {"off", "0"}:
        return None
    return whole(1, 65535)(value)


def choice(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        word = value.strip().lower()
        if word not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return word

    return parse


def names(value: str) -> tuple[str, ...]:
    """Split a list at commas, also the Chinese one; empty entries count for nothing."""
    return tuple(entry.strip() for entry in re.split(r"[,，]", value) if entry.strip())


def path(value: str) -> Path:
    return Path(value.strip()).expanduser()


def base_path(value: str) -> str:
    trimmed = "/" + value.strip().strip("/")
    if trimmed == "/":
        return ""
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", trimmed) or "/.." in trimmed:
        raise ValueError("must be a path like /chat, of letters, digits and . _ ~ -")
    return trimmed


def web_url(value: str) -> str:
    trimmed = value.strip().rstrip("/")
    try:
        parts = urlsplit(trimmed)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must be an address that begins with http:// or https://")
    return trimmed


def proxy_url(value: str) -> str:
    trimmed = web_url(value)
    if not trimmed.startswith("http://"):
        raise ValueError("must be an http:// proxy (CONNECT); other kinds of proxy are not served")
    return trimmed


def database_url(value: str) -> str:
    """Accept postgres://, postgresql:// and sqlite:///; a driver name in the scheme is dropped."""
    scheme, separator, rest = value.strip().partition("://")
    family = scheme.partition("+")[0].lower()
    if not separator or family not in {"postgres", "postgresql", "sqlite"} or not rest:
        raise ValueError("must begin with postgresql:// or sqlite:///")
    if family == "sqlite":
        if not rest.startswith("/") or len(rest) < 2:
            raise ValueError("must name a file: sqlite:///relative.db or sqlite:////absolute.db")
        return f"sqlite:///{os.path.expanduser(rest[1:])}"  # noqa: PTH111 -- the rest is not only a path
    return f"postgresql://{rest}"


def networks(value: str) -> tuple[str, ...]:
    """Read a list of addresses and networks into the networks' canonical form."""
    try:
        return tuple(str(ipaddress.ip_network(entry, strict=False)) for entry in names(value))
    except ValueError as error:
        raise ValueError("must be a list of addresses or networks like 10.1.2.3,10.0.0.0/8") from error


def email(value: str) -> str:
    trimmed = value.strip()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", trimmed) or len(trimmed) > 254:
        raise ValueError("must be an e-mail address")
    return trimmed


def secret_keys(value: str) -> tuple[str, ...]:
    keys = names(value)
    if any(len(key) < 16 for key in keys):
        raise ValueError("must be one or more keys of at least 16 characters; make one with: openssl rand -base64 32")
    return keys


def one_secret(value: str) -> tuple[str, ...]:
    """Take LobeChat's KEY_VAULTS_SECRET as it is: it may have any form, so a comma in it separates nothing."""
    return (value.strip(),)
