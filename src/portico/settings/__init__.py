"""Frozen settings, read once from the environment and an optional TOML file. Knows LobeChat's names."""

from portico.settings.deployment import Data, Database, Logs, Secrets, Server
from portico.settings.load import SettingsError, load
from portico.settings.model_list import ListedModel, ModelList
from portico.settings.models import Settings
from portico.settings.prepare import EXIT_CONFIG, prepare
from portico.settings.product import Access, Conversations, Egress, EnvProvider, Limits, ProviderKind, Providers, Runs

__all__ = [
    "EXIT_CONFIG",
    "Access",
    "Conversations",
    "Data",
    "Database",
    "Egress",
    "EnvProvider",
    "Limits",
    "ListedModel",
    "Logs",
    "ModelList",
    "ProviderKind",
    "Providers",
    "Runs",
    "Secrets",
    "Server",
    "Settings",
    "SettingsError",
    "load",
    "prepare",
]
