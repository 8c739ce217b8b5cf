"""The settings of the product: who may come in, what may be connected to, how much one person may use, which models there are."""

from dataclasses import dataclass, field
from typing import Literal

from portico.settings import fields as f
from portico.settings.fields import setting
from portico.settings.model_list import ModelList

ProviderKind = Literal["openai", "openai-responses", "anthropic", "gemini", "ollama"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may come in."""

    codes: tuple[str, ...] = setting(
        "PORTICO_ACCESS_CODE",
        "ACCESS_CODE",
        default=(),
        parse=f.names,
        secret=True,
        shown="",
        text="List of codes; each admits a browser as a guest of its own.",
    )
    admin_email: str = setting(
        "PORTICO_ADMIN_EMAIL",
        default="",
        parse=f.email,
        text="With the password: makes the administrator at the first start, without a page.",
    )
    admin_password: str = setting(
        "PORTICO_ADMIN_PASSWORD", default="", parse=lambda value: value, text="See PORTICO_ADMIN_EMAIL.", secret=True
    )
    session_idle_s: int = setting(
        "PORTICO_SESSION_IDLE_SECONDS",
        default=8 * 3600,
        parse=f.whole(300, 30 * 86400),
        text="A session that is not used for this long ends.",
        why="A working day.",
    )
    session_max_s: int = setting(
        "PORTICO_SESSION_MAX_SECONDS",
        default=7 * 86400,
        parse=f.whole(300, 365 * 86400),
        text="A session ends after this time in any case.",
        why="A stolen cookie is worth a week at most.",
    )
    password_memory_kib: int = setting(
        "PORTICO_PASSWORD_MEMORY_KIB",
        default=47104,
        parse=f.whole(8, 4_000_000),
        text="Memory that one check of a password takes; at most four run at once.",
        why="OWASP's first choice for argon2id. Known passwords are hashed anew when it changes.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many answers are produced, and how long."""

    max_streams: int = setting(
        "PORTICO_MAX_STREAMS",
        default=300,
        parse=f.whole(1, 100_000),
        text="Answers that one process produces at the same time; more wait in the queue.",
        shown="300 for each core, at least 50",
        compute=lambda facts: max(50, 300 * facts.cores),
        why="One core relays about 300 streams of 50 tokens a second with a p99 under 100 ms; beyond that everybody gets slower.",
    )
    max_s: int = setting("PORTICO_RUN_MAX_SECONDS", default=1800, parse=f.whole(30, 86400), text="Longest time that one answer may take.")
    per_user: int = setting(
        "PORTICO_RUNS_PER_USER",
        default=4,
        parse=f.whole(1, 10_000),
        text="Answers of one person under way at the same time, on all replicas together.",
        why="A few tabs and a comparison of models fit; a script that fills the server does not.",
    )
    lease_ms: int = setting(
        "PORTICO_LEASE_MS",
        default=8_000,
        parse=f.whole(500, 300_000),
        text="Milliseconds without a sign of life after which a process counts as dead and others go on with its answers.",
        why="A shorter lease finds a dead process sooner, a longer one bears a slower database. A wrong suspicion costs money only.",
    )
    log_kept_s: int = setting(
        "PORTICO_RUN_LOG_SECONDS",
        default=60,
        parse=f.whole(1, 86_400),
        text="How long the events of a finished answer are kept besides the answer itself.",
        why="A viewer that comes back within this time replays what it missed; later it gets the whole answer.",
    )
    continue_lost: bool = setting(
        "PORTICO_CONTINUE",
        default=True,
        parse=f.truth,
        shown="1",
        text="Go on with an answer whose process died by asking the model again.",
        why="0 never spends twice: the answer stays interrupted until a person continues it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """How long conversations are kept."""

    temporary_s: int = setting(
        "PORTICO_TEMPORARY_SECONDS",
        default=24 * 3600,
        parse=f.whole(60, 30 * 86400),
        text="A temporary conversation is erased this long after its last use.",
        why="A day: what was begun in the evening can be read, or saved, in the morning.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """What the server may connect to."""

    proxy_url: str = setting(
        "PORTICO_PROXY_URL",
        "PROXY_URL",
        default="",
        parse=f.proxy_url,
        secret=True,
        text="http:// proxy for all traffic to the internet.",
        example="http://proxy:3128",
    )
    allow_private: bool = setting(
        "PORTICO_EGRESS_ALLOW_PRIVATE",
        "SSRF_ALLOW_PRIVATE_IP_ADDRESS",
        default=False,
        parse=f.truth,
        shown="0",
        text="Let addresses that people name (not only administrators) be private.",
        why="A server inside a network is a way into it.",
    )
    allow: tuple[str, ...] = setting(
        "PORTICO_EGRESS_ALLOW",
        "SSRF_ALLOW_IP_ADDRESS_LIST",
        default=(),
        parse=f.networks,
        shown="",
        text="Private addresses and networks that are allowed nevertheless. Metadata services never are.",
        example="10.1.2.0/24",
    )
    deny: tuple[str, ...] = setting(
        "PORTICO_EGRESS_DENY",
        default=(),
        parse=f.networks,
        shown="",
        text="Own networks with public addresses, which are never connected to.",
    )
    max_bytes: int = setting(
        "PORTICO_EGRESS_MAX_BYTES",
        default=20_000_000,
        parse=f.whole(10_000, 1_000_000_000),
        text="Largest answer of an address that a person names.",
        why="An answer is held in memory.",
    )
    remote_images: bool = setting(
        "PORTICO_REMOTE_IMAGES",
        default=True,
        parse=f.truth,
        shown="1",
        text="Fetch an image of another site for a person who asks to see it.",
        why="The site then learns this server's address and not who reads. 0 leaves links; nothing is ever fetched unasked.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one person may use."""

    body_bytes: int = setting(
        "PORTICO_MAX_BODY_BYTES",
        default=2_000_000,
        parse=f.whole(10_000, 100_000_000),
        text="Largest request body.",
        why="A message of 2 MB is a book; files go in parts.",
    )
    file_bytes: int = setting(
        "PORTICO_MAX_FILE_BYTES",
        default=20_000_000,
        parse=f.whole(1, 2_000_000_000),
        text="Largest file.",
        why="With the database as object store, a file passes through it in 256 kB rows.",
    )
    user_bytes: int = setting(
        "PORTICO_USER_QUOTA_BYTES",
        default=1_000_000_000,
        parse=f.whole(1, 10**15),
        text="All files of one person.",
        why="One person cannot fill the disk.",
    )
    image_pixels: int = setting(
        "PORTICO_MAX_IMAGE_PIXELS",
        default=40_000_000,
        parse=f.whole(1, 1_000_000_000),
        text="Largest image, width times height.",
        why="A small file can unpack to gigabytes in a browser.",
    )
    remote_image_bytes: int = setting(
        "PORTICO_REMOTE_IMAGE_BYTES",
        default=10_000_000,
        parse=f.whole(10_000, 100_000_000),
        text="Largest image of another site that is fetched.",
        why="It is held in memory until its type is known; 16 at once are 160 MB.",
    )
    remote_images_per_minute: int = setting(
        "PORTICO_REMOTE_IMAGES_PER_MINUTE",
        default=30,
        parse=f.whole(1, 1_000_000),
        text="Images of other sites that one person may have fetched in a minute.",
        why="A long answer shows fewer; a script that uses the server as a proxy wants more.",
    )
    uploads_per_hour: int = setting(
        "PORTICO_UPLOADS_PER_HOUR",
        default=60,
        parse=f.whole(1, 1_000_000),
        text="Files that one person may upload in an hour.",
        why="One a minute: more is a script, or a mistake.",
    )
    exports_per_hour: int = setting(
        "PORTICO_EXPORTS_PER_HOUR",
        default=6,
        parse=f.whole(1, 1_000_000),
        text="Times that one person may download everything in an hour.",
        why="An export reads all that a person has; a second one so soon repairs a broken download, a tenth is a script.",
    )
    runs_per_minute: int = setting(
        "PORTICO_RUNS_PER_MINUTE",
        default=20,
        parse=f.whole(1, 1_000_000),
        text="Answers that one person may start in a minute.",
        why="Nobody reads faster; a script does.",
    )
    streams_per_user: int = setting(
        "PORTICO_STREAMS_PER_USER",
        default=20,
        parse=f.whole(1, 100_000),
        text="Event streams that one person may hold open.",
        why="A browser opens one for all its tabs.",
    )
    logins_per_minute: int = setting(
        "PORTICO_LOGINS_PER_MINUTE",
        default=5,
        parse=f.whole(1, 10_000),
        text="Attempts to sign in, by address and account.",
        why="A password of 8 characters survives five guesses a minute.",
    )
    admin_per_minute: int = setting(
        "PORTICO_ADMIN_PER_MINUTE",
        default=60,
        parse=f.whole(1, 1_000_000),
        text="Changes that an administrator may make in a minute.",
        why="A stolen session cannot empty the instance in a moment.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvProvider:
    """A model back end that the settings declare. `id` is stable: the vendor's name in lower case, or the one given in the file."""

    id: str
    kind: ProviderKind
    name: str
    base_url: str
    keys: tuple[str, ...] = field(default=(), repr=False)
    model_list: ModelList = field(default_factory=ModelList)
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """Model back ends; `declared` are those of the environment (`OPENAI_API_KEY` and the like) and of the file."""

    key_select: str = setting(
        "PORTICO_KEY_SELECT",
        "API_KEY_SELECT_MODE",
        default="random",
        parse=f.choice("random", "turn"),
        text="How one of several keys is chosen.",
    )
    default_model: str = setting(
        "PORTICO_DEFAULT_MODEL",
        default="",
        parse=f.text,
        text="The model of a new conversation, as provider/model.",
        example="openai/gpt-4o",
    )
    demo: bool = setting("PORTICO_DEMO", default=True, parse=f.truth, shown="1", text="Offer the built-in demo model, which needs no key.")
    find_ollama: bool = setting(
        "PORTICO_FIND_OLLAMA", default=True, parse=f.truth, shown="1", text="Look for an Ollama on this machine at the first start."
    )
    retries: int = setting(
        "PORTICO_PROVIDER_RETRIES",
        "LLM_CHAT_MAX_RETRIES",
        default=2,
        parse=f.whole(0, 10),
        text="Retries before the first token.",
        why="More only add load to a provider that is down.",
    )
    declared: tuple[EnvProvider, ...] = ()
