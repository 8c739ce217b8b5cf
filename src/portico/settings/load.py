"""Reads the settings: own name, else LobeChat's, else the TOML file, else the default. All faults are found in one go."""

import dataclasses
import difflib
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from portico.settings import lobe
from portico.settings.deployment import Data
from portico.settings.fields import SETTING, Facts, Setting, names, truth, web_url
from portico.settings.machine import cores
from portico.settings.model_list import parse_model_list
from portico.settings.models import SECTIONS, Settings
from portico.settings.product import EnvProvider, ProviderKind, Providers
from portico.settings.vendors import VENDOR_NAMES, Declared

C = TypeVar("C")
_KINDS: frozenset[str] = frozenset({"openai", "openai-responses", "anthropic", "gemini", "ollama"})
# What Kubernetes injects for a Service called `portico`; PORTICO_PORT itself is recognised by its value.
_INJECTED = re.compile(r"PORTICO_(SERVICE_(HOST|PORT\w*)|PORT_\d+_(TCP|UDP)\w*)")
_OTHER_NAMES = frozenset(
    {
        "PORTICO_CONFIG",
        "PORTICO_CONTAINER",
        "PORTICO_SHARED_DATA",
        "PORTICO_REQUIRE",
        "PORTICO_CRASH_POINT",
        "PLUGIN_SETTINGS",
        "DEFAULT_AGENT_CONFIG",
    }
)


class SettingsError(Exception):
    """The settings cannot be used. `lines` name each variable, what is wrong with it, and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines: tuple[str, ...] = lines


def declared_settings(section: type) -> Iterator[tuple[str, Setting]]:
    """Yield the fields of a settings class that can be set, by field name."""
    for item in dataclasses.fields(section):
        if SETTING in item.metadata:
            yield item.name, item.metadata[SETTING]


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read all settings from `env` (the process's own) and the TOML file that PORTICO_CONFIG names.

    Writes nothing and connects to nothing. Raises SettingsError with one line for each fault.
    """
    return _Loader(os.environ if env is None else env).load()


class _Loader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._faults: list[str] = []
        self._warnings: list[str] = []
        self._file: dict[str, Any] = {}

    def load(self) -> Settings:
        kubernetes = bool(self._env.get("KUBERNETES_SERVICE_HOST"))
        container = kubernetes or self._env.get("PORTICO_CONTAINER", "") == "1"
        facts = Facts(self._env, cores(), container, kubernetes, terminal=sys.stderr.isatty())
        self._file = self._toml()
        data = self._section("data", Data, facts)
        facts = dataclasses.replace(facts, data_dir=data.dir)
        sections: dict[str, Any] = {name: self._section(name, kind, facts) for name, kind in SECTIONS.items()}
        sections["providers"] = self._providers(sections["providers"])
        plugins, plugin_faults = lobe.parse_plugin_settings(self._env.get("PLUGIN_SETTINGS", ""))
        self._warnings += plugin_faults
        self._check_unknown()
        self._warnings += lobe.warnings(self._env)
        if self._faults:
            raise SettingsError(*self._faults)
        return Settings(**sections, plugin_settings=plugins, kubernetes=kubernetes, cores=facts.cores, warnings=tuple(self._warnings))

    def _toml(self) -> dict[str, Any]:
        named = self._env.get("PORTICO_CONFIG", "").strip()
        if not named:
            return {}
        try:
            return tomllib.loads(Path(named).expanduser().read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"PORTICO_CONFIG: {named} cannot be read ({error.strerror}); correct the path or its rights.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"PORTICO_CONFIG: {named} is not valid TOML ({error}); correct that place.") from error

    def _section(self, name: str, kind: type[C], facts: Facts) -> C:
        table = self._file.get(name, {})
        if not isinstance(table, dict):
            self._faults.append(f"PORTICO_CONFIG: [{name}] must be a table.")
            table = {}
        values = {
            field: self._value(f"{name}.{field}", declared, cast("dict[str, Any]", table).get(field), facts)
            for field, declared in declared_settings(kind)
        }
        return kind(**{field: value for field, value in values.items() if value is not _ABSENT})

    def _value(self, place: str, declared: Setting, written: object, facts: Facts) -> Any:
        source, raw = self._raw(place, declared, written)
        if raw is None:
            return declared.compute(facts) if declared.compute else _ABSENT
        try:
            return declared.parse(raw)
        except ValueError as error:
            got = "" if declared.secret else f' (it is "{raw[:60]}")'
            hint = f"for example {source}={declared.example}" if declared.example else f"or remove {source}"
            self._faults.append(f"{source} {error}{got}; {hint}.")
            return _ABSENT

    def _raw(self, place: str, declared: Setting, written: object) -> tuple[str, str | None]:
        """Return where the value stands, and the value as text."""
        for name in declared.names:
            value = self._env.get(name, "")
            if value.strip() and not (name.startswith("PORTICO_") and value.startswith(("tcp://", "udp://"))):
                return name, value
            if declared.secret and (file := self._env.get(f"{name}_FILE", "").strip()):
                return f"{name}_FILE", self._secret_file(f"{name}_FILE", file)
        return f"{place} in PORTICO_CONFIG", _as_text(written)

    def _secret_file(self, name: str, file: str) -> str | None:
        try:
            return Path(file).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            self._faults.append(f"{name} names {file}, which cannot be read; correct the path or its rights.")
            return None

    def _providers(self, section: Providers) -> Providers:
        declared = Declared(self._env)
        declared.collect()
        self._warnings += declared.warnings
        self._faults += declared.faults
        found = declared.providers + [self._provider(number, entry) for number, entry in enumerate(self._entries(), 1)]
        seen = [provider.id for provider in found]
        self._faults += [
            f"PORTICO_CONFIG: two providers have the id {id_}; give one another `id`." for id_ in dict.fromkeys(seen) if seen.count(id_) > 1
        ]
        model = section.default_model or lobe.default_model(self._env.get("DEFAULT_AGENT_CONFIG", ""))
        return dataclasses.replace(section, declared=tuple(found), default_model=model)

    def _entries(self) -> list[dict[str, Any]]:
        entries = self._file.get("provider", [])
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in cast("list[object]", entries)):
            return cast("list[dict[str, Any]]", entries)
        self._faults.append("PORTICO_CONFIG: write each provider as [[provider]].")
        return []

    def _provider(self, number: int, entry: dict[str, Any]) -> EnvProvider:
        value = {key: _as_text(item) or "" for key, item in entry.items()}
        place = f"PORTICO_CONFIG: [[provider]] {number}"
        for key in value.keys() - {"id", "kind", "name", "base_url", "keys", "models", "enabled"}:
            self._faults.append(f"{place}: `{key}` is not known; known are id, kind, name, base_url, keys, models, enabled.")
        kind, id_ = value.get("kind", "openai"), value.get("id", "")
        if kind not in _KINDS:
            self._faults.append(f"{place}: kind must be one of {', '.join(sorted(_KINDS))}.")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,60}", id_):
            self._faults.append(f"{place}: id must be a short name of lower-case letters, digits and . _ -")
        try:
            base_url, enabled = web_url(value.get("base_url", "")), truth(value.get("enabled", "1"))
        except ValueError as error:
            self._faults.append(f"{place}: base_url or enabled {error}.")
            base_url, enabled = "", False
        return EnvProvider(
            id=id_, kind=cast("ProviderKind", kind),  # checked above
            name=value.get("name") or id_, base_url=base_url, keys=names(value.get("keys", "")),
            model_list=parse_model_list(value.get("models", "")), enabled=enabled,
        )  # fmt: skip

    def _check_unknown(self) -> None:
        own = {name for kind in SECTIONS.values() for _, declared in declared_settings(kind) for name in declared.names}
        for name in sorted(self._env):
            is_known = name in own or name.removesuffix("_FILE") in own or name in _OTHER_NAMES or _INJECTED.fullmatch(name)
            if name.startswith("PORTICO_") and not is_known:
                self._warnings.append(f"{name} is not a setting of Portico and has no effect{_guess(name, own)}")
            if name.endswith("_MODEL_LIST") and name not in VENDOR_NAMES and self._env[name].strip() and not lobe.advice(name):
                self._warnings.append(
                    f"{name}: this vendor is not known; declare it as OPENAI_PROXY_URL, or as [[provider]] in PORTICO_CONFIG."
                )
        for table, content in self._file.items():
            if table == "provider":
                continue
            fields = {field for field, _ in declared_settings(SECTIONS[table])} if table in SECTIONS else None
            if fields is None:
                self._faults.append(f"PORTICO_CONFIG: [{table}] is not known; known are {', '.join(SECTIONS)} and [[provider]].")
            elif isinstance(content, dict):
                for key in sorted(cast("dict[str, Any]", content).keys() - fields):
                    self._faults.append(f"PORTICO_CONFIG: {table}.{key} is not known{_guess(key, fields)}")


class _Absent:
    """Stands for a value that was not given, where None is a value."""


_ABSENT = _Absent()


def _as_text(value: object) -> str | None:
    """Return a TOML value as the text that the environment would hold; None when there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ",".join(_as_text(item) or "" for item in cast("list[object]", value))
    return str(value)


def _guess(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else "; remove it."
