"""A job that looks for what nobody has to set up: an Ollama on this machine, and the models of the settings' providers."""

import asyncio
import logging
import time

from portico.errors import PorticoError
from portico.ids import ProviderId
from portico.infra.jobs import Job, Periodic
from portico.providers.admin import INSERT, ProviderAdmin, row_of
from portico.providers.base import DiscoveredModel, ProviderError
from portico.providers.models import Provider
from portico.providers.ollama import DEFAULT_URL, OllamaChat
from portico.providers.service import ProviderService
from portico.providers.wire import Patience
from portico.settings import Settings

logger = logging.getLogger(__name__)
_LOCAL = ProviderId("ollama")
_SOON = Patience(connect_s=1.0)
_ASK_S = 20.0
_AGAIN_S = 600.0


EVERY = Periodic("models", 60_000)


class Arrival:
    """The handler of `models` jobs. The server is ready without them, and running one twice changes nothing."""

    def __init__(self, service: ProviderService, settings: Settings, ollama_url: str = DEFAULT_URL) -> None:
        self._service = service
        self._admin = ProviderAdmin(service)
        self._settings = settings
        self._ollama_url = ollama_url
        self._looked = False
        self._asked: dict[str, float] = {}

    async def run(self, job: Job) -> None:
        """Look once; what fails is logged, and can be done on the providers' page."""
        del job
        try:
            await self._find_ollama()
            await self._ask_declared()
        except PorticoError as error:
            logger.warning("looking for models was left out: %s", error)

    async def _find_ollama(self) -> None:
        """Add an Ollama that answers on this machine, as long as there is no provider but the demo; look once after each start."""
        wanted = self._settings.providers.find_ollama and not self._settings.kubernetes and not self._looked
        self._looked = True
        directory = await self._service.configuration.current()
        if not wanted or any(provider.kind != "demo" for provider in directory.providers):
            return
        found = await self._listed(self._ollama_url)
        if not found:
            return
        provider = Provider(_LOCAL, "ollama", "Ollama", self._ollama_url, enabled=True, position=0, source="database", rev=1)
        async with self._service.db.transaction() as tx:
            made = await tx.execute(INSERT, **row_of(provider))
        self._service.configuration.changed()
        if made:
            await self._admin.store_found(provider, found)
            logger.info("an Ollama with %d models was found at %s", len(found), self._ollama_url)

    async def _listed(self, url: str) -> list[DiscoveredModel]:
        try:
            async with asyncio.timeout(_ASK_S):
                return await OllamaChat(self._service.egress.session("connector"), url, patience=_SOON).models()
        except (ProviderError, TimeoutError):
            return []

    async def _ask_declared(self) -> None:
        """Ask the providers of the settings for their models, once, where the settings do not list any."""
        directory = await self._service.configuration.current()
        for provider in directory.providers:
            listed = provider.model_list
            silent = not listed.models and not listed.hide_all and not directory.models[provider.id]
            if provider.source == "settings" and provider.enabled and provider.kind != "demo" and silent and self._is_time(provider):
                await self._ask(provider)

    def _is_time(self, provider: Provider) -> bool:
        """Say whether a provider that did not list its models has been left alone for long enough."""
        now = time.monotonic()
        if now - self._asked.get(provider.id, -_AGAIN_S) < _AGAIN_S:
            return False
        self._asked[provider.id] = now
        return True

    async def _ask(self, provider: Provider) -> None:
        try:
            async with asyncio.timeout(_ASK_S):
                found = await (await self._service.adapter(provider)).models()
        except (ProviderError, TimeoutError) as error:
            logger.warning("provider %s does not list its models: %s", provider.id, error)
            return
        await self._admin.store_found(provider, found)
