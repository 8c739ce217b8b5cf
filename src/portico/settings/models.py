"""All settings together, one frozen class for each concern."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from portico.settings.deployment import S3, Data, Database, Logs, Secrets, Server
from portico.settings.product import Access, Conversations, Egress, Limits, Providers, Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read once. `warnings` are lines for the operator about names that have no effect."""

    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    data: Data = field(default_factory=Data)
    s3: S3 = field(default_factory=S3, repr=False)
    secrets: Secrets = field(default_factory=Secrets, repr=False)
    access: Access = field(default_factory=Access, repr=False)
    runs: Runs = field(default_factory=Runs)
    conversations: Conversations = field(default_factory=Conversations)
    providers: Providers = field(default_factory=Providers)
    egress: Egress = field(default_factory=Egress)
    logs: Logs = field(default_factory=Logs)
    limits: Limits = field(default_factory=Limits)
    plugin_settings: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    kubernetes: bool = False
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    warnings: tuple[str, ...] = ()

    @property
    def objects(self) -> Literal["directory", "database", "s3"]:
        """Where the bytes of files go, `auto` decided."""
        match self.data.objects:
            case "directory" | "database" | "s3" as said:
                return said
            case _ if not self.database.is_postgres:
                return "directory"
            case _:
                return "s3" if self.s3.bucket else "database"


SECTIONS: Mapping[str, type] = MappingProxyType(
    {
        "server": Server,
        "database": Database,
        "data": Data,
        "s3": S3,
        "secrets": Secrets,
        "access": Access,
        "runs": Runs,
        "conversations": Conversations,
        "providers": Providers,
        "egress": Egress,
        "logs": Logs,
        "limits": Limits,
    }
)
