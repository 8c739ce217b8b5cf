"""What is erased, and when: one periodic job that every process offers and one runs."""

from dataclasses import dataclass

from portico.accounts.service import AccountsService
from portico.conversations import changes
from portico.conversations.service import ConversationService
from portico.files.service import FilesService
from portico.infra.db import Database
from portico.infra.jobs import Job, Jobs, Periodic
from portico.infra.ratelimit import RateLimiter
from portico.runs import log
from portico.runs.dismissal import Dismissal
from portico.runs.service import RunService
from portico.shares.service import ShareService

EVERY_MS = 60_000
JOBS_KEPT_MS = 7 * 86_400_000
PERIODIC = (Periodic("retention", EVERY_MS),)


@dataclass(frozen=True, slots=True)
class Retention:
    """Erases what is over, in small transactions."""

    db: Database
    accounts: AccountsService
    conversations: ConversationService
    files: FilesService
    runs: RunService
    dismissal: Dismissal
    limiter: RateLimiter
    jobs: Jobs
    shares: ShareService
    log_kept_ms: int = 60_000

    async def run(self, job: Job) -> None:
        """Handle one `retention` job; safe to run again at any point."""
        del job
        await self.runs.expire()
        await self.dismissal.stop_barred()
        async with self.db.transaction() as tx:
            await log.trim(tx, keep_ms=self.log_kept_ms)
        await self._forget_leavers()
        async with self.db.transaction() as tx:
            purged = await self.conversations.purge(tx)
            for user_id, file_ids in purged.files.items():
                await self.files.forget(tx, user_id, file_ids)
        async with self.db.transaction() as tx:
            await changes.purge(tx)
        async with self.db.transaction() as tx:
            await self.accounts.prune(tx)
        async with self.db.transaction() as tx:
            await self.shares.prune(tx)
        await self.files.erase_stale()
        await self.limiter.sweep()
        await self.jobs.trim(keep_ms=JOBS_KEPT_MS)

    async def _forget_leavers(self) -> None:
        """Hand what belongs to ended accounts to the steps that erase it; an account's row goes last, when all of it is gone."""
        for user_id in await self.accounts.users.ended():
            async with self.db.transaction() as tx:
                conversations_gone = await self.conversations.abandon(tx, user_id)
                files_gone = await self.files.abandon(tx, user_id)
                if conversations_gone and files_gone:
                    await self.accounts.users.forget(tx, user_id)
