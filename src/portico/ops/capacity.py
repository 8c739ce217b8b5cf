"""What a number of people needs: replicas, their resources, the autoscaler's bounds, PostgreSQL's connections; and why."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ProfileName = Literal["text", "files", "voice"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, and where: `make container` and `make bench` print these for the machine at hand.

    All of them are of one core of a busy two-core machine with Python 3.11 and one JSON chunk a token from upstream, as OpenAI streams.
    """

    token_us: float = 160.0
    """Processor time of one relayed token: half a core in a container carried 160 answers of 20 tokens a second."""
    idle_mb: float = 87.0
    """Memory of a replica that does nothing, in the container."""
    stream_mb: float = 0.23
    """Memory of one answer under way with its reader."""
    page_mb: float = 0.045
    """Memory of an open page that waits: 600 of them on one process."""
    page_us_a_second: float = 36.0
    """Processor time of such a page, a second: rechecks and pings."""
    request_us: float = 1_500.0
    """Processor time of an ordinary request with its transaction."""
    log_row_us: float = 16.0
    """PostgreSQL's time for one row of the log of chunks; an answer writes four a second."""
    pool: int = 12
    """Connections of one process to PostgreSQL, the default of PORTICO_DB_POOL."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What people do in the busiest hour. Rates are of one person with the page open."""

    answering: float
    """Share of the people to whom a model is answering at one moment."""
    tokens_a_second: float
    requests_a_second: float
    upload_mb_a_second: float
    kept_mb_a_day: float
    note: str


PROFILES: Mapping[ProfileName, Profile] = MappingProxyType(
    {
        "text": Profile(0.08, 50, 0.05, 0.0, 0.05, "a message every two minutes, answered for ten seconds"),
        "files": Profile(0.08, 50, 0.08, 0.003, 2.0, "as text, and an image or text file of 1 MB every five minutes"),
        "voice": Profile(
            0.10,
            50,
            0.25,
            0.004,
            4.0,
            "as text, half of it spoken: clips of 16 kB/s in and out. An estimate: voice is not a feature of this version",
        ),
    }
)
SMALL_CORES, LARGE_CORES = 0.5, 1.0
SMALL_AT_MOST = 8  # beyond so many halves, whole cores: a process uses one core at most, and fewer processes tick
MEMORY_MB = 1024
BUSY = 0.6  # the share of its core at which a replica is full: the rest is for restarts, bursts and the neighbours' answers
MEMORY_FULL = 0.7
REPLICAS_AT_LEAST = 2  # one can be rolled, or die, while the other serves
DEFAULT_CONNECTIONS = 100  # what PostgreSQL accepts when nobody changed it
SPARE_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class Capacity:
    """What to deploy. Bounds of the autoscaler are replicas; `reasons` say how each figure came about, in order."""

    users: int
    profile: ProfileName
    streams: int
    tokens_a_second: int
    replicas: int
    cpu_request: str
    cpu_limit: str
    memory_request: str
    memory_limit: str
    hpa_min: int
    hpa_max: int
    connections: int
    pooler: bool
    database_cores: float
    storage_gb_a_year: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Load:
    """What the people cause at the peak, and how many replicas each limit asks for."""

    users: int
    profile: Profile
    figures: Figures

    @property
    def streams(self) -> int:
        return max(1, math.ceil(self.users * self.profile.answering))

    @property
    def tokens(self) -> float:
        return self.streams * self.profile.tokens_a_second

    @property
    def cores(self) -> float:
        requests = self.users * (self.profile.requests_a_second + self.profile.upload_mb_a_second * 2) * self.figures.request_us
        return (self.tokens * self.figures.token_us + self.users * self.figures.page_us_a_second + requests) / 1e6

    @property
    def memory_mb(self) -> float:
        return self.streams * self.figures.stream_mb + self.users * self.figures.page_mb

    @property
    def size(self) -> float:
        """The cores of one replica."""
        return SMALL_CORES if math.ceil(self.cores / (SMALL_CORES * BUSY)) <= SMALL_AT_MOST else LARGE_CORES

    @property
    def by_cpu(self) -> int:
        return math.ceil(self.cores / (self.size * BUSY))

    @property
    def by_memory(self) -> int:
        return math.ceil(self.memory_mb / (MEMORY_MB * MEMORY_FULL - self.figures.idle_mb))

    @property
    def needed(self) -> int:
        return max(self.by_cpu, self.by_memory)

    @property
    def replicas(self) -> int:
        return max(REPLICAS_AT_LEAST, self.needed + 1)

    @property
    def most(self) -> int:
        return max(self.replicas + 1, math.ceil(self.needed * 1.5) + 1)

    @property
    def connections(self) -> int:
        return self.most * self.figures.pool + SPARE_CONNECTIONS


def plan(users: int, profile_name: ProfileName = "text", figures: Figures | None = None) -> Capacity:
    """Work out what `users` people with the page open at once need. Raises ValueError below one user."""
    if users < 1:
        raise ValueError("there must be at least one user")
    load = _Load(users, PROFILES[profile_name], figures or Figures())
    database_us = load.streams * 4 * load.figures.log_row_us + users * load.profile.requests_a_second * 1_000
    return Capacity(
        users=users,
        profile=profile_name,
        streams=load.streams,
        tokens_a_second=round(load.tokens),
        replicas=load.replicas,
        cpu_request=f"{round(load.size * 500)}m",
        cpu_limit=f"{round(load.size * 1000)}m",
        memory_request="512Mi",
        memory_limit="1Gi",
        hpa_min=max(REPLICAS_AT_LEAST, math.ceil(load.needed * 0.4) + 1),
        hpa_max=load.most,
        connections=load.connections,
        pooler=load.connections > DEFAULT_CONNECTIONS,
        database_cores=round(database_us / 1e6, 2),
        storage_gb_a_year=math.ceil(users * load.profile.kept_mb_a_day * 250 / 1000),
        reasons=tuple(_reasons(load)),
    )


def _reasons(load: _Load) -> Iterator[str]:
    profile, known = load.profile, load.figures
    yield (
        f"{load.users:,} people with the page open, {profile.note}: {profile.answering:.0%} of them are being answered at one moment, "
        f"{load.streams:,} answers."
    )
    yield (
        f"At {profile.tokens_a_second:.0f} tokens a second each these are {load.tokens:,.0f} tokens a second; at {known.token_us:.0f} us "
        f"of a core for one, with {load.users:,} open pages and their requests, that takes {load.cores:.2f} cores."
    )
    yield (
        f"A replica of {load.size:g} cores is full at {BUSY:.0%} of them: {load.by_cpu} by processor. A process uses one core at most, so "
        "larger replicas gain nothing."
    )
    yield (
        f"Answers at {known.stream_mb * 1000:.0f} kB and pages at {known.page_mb * 1000:.0f} kB take {load.memory_mb:,.0f} MB beside the "
        f"{known.idle_mb:.0f} MB of each replica: {load.by_memory} by memory."
    )
    yield f"One more, so that a replica can be rolled or die at the peak: {load.replicas}, and never fewer than {REPLICAS_AT_LEAST}."
    spare = f"{load.connections} with {SPARE_CONNECTIONS} spare"
    held = f"Each replica holds up to {known.pool} connections, and the autoscaler's upper bound counts: {spare}"
    if load.connections <= DEFAULT_CONNECTIONS:
        yield f"{held}, within PostgreSQL's default of {DEFAULT_CONNECTIONS}."
    else:
        yield (
            f"{held}. That is over PostgreSQL's default of {DEFAULT_CONNECTIONS}: raise max_connections, or put a transaction pooler "
            "between (PORTICO_DB_POOLER=transaction)."
        )
