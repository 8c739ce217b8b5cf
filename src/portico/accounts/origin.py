"""Where a request comes from, judged by its peer and headers alone: scheme, own origin, address, cookie name, cross-site rules."""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from portico.accounts.languages import ANY, Languages
from portico.accounts.models import Locale, Theme
from portico.errors import Forbidden

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDING = ("forwarded", "via", "x-real-ip")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# Where pods and load balancers live: RFC 1918, shared address space (RFC 6598), unique local addresses (RFC 4193).
_CLUSTER_NETWORKS = tuple(
    ipaddress.ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
Headers = Mapping[str, str]


class CrossSite(Forbidden):
    """An unsafe request, or a stream, was started by another site, or by a program that shows neither origin nor API key."""

    code = "cross_site_request"
    default_detail = "Use the page at this server's own address; a program uses an API key in the Authorization header."


class HttpsRequired(Forbidden):
    """A session would travel over plain http beyond this machine."""

    code = "https_required"
    default_detail = (
        "Open the page over https (set APP_URL, or PORTICO_TRUSTED_HOPS behind a proxy), or allow plain http by PORTICO_ALLOW_HTTP=1."
    )


@dataclass(frozen=True, slots=True)
class Place:
    """How this server is reached, from the settings.

    `app_url` is the own address if the operator named it; `trusted_hops` counts proxies that set X-Forwarded-*;
    `languages` are the page's; in a `cluster`, a peer in a private range is one trusted hop for the scheme and the host alone.
    """

    base_path: str = ""
    app_url: str = ""
    trusted_hops: int = 0
    cluster: bool = False
    allow_http: bool = False
    languages: Languages = ANY


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as this server understands it. `address` is the client's, as far as trusted hops tell it; `secure` means https."""

    method: str
    peer: str
    address: str
    scheme: Literal["http", "https"]
    host: str
    forwarded: bool
    headers: Headers
    place: Place

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def first_hand(self) -> bool:
        """The peer is this machine, the Host is this machine, and no proxy or tunnel says that it forwarded the request."""
        return is_loopback(self.peer) and is_local_host(self.headers.get("host", "")) and not self.forwarded

    @property
    def own_origins(self) -> frozenset[str]:
        """The origins that the own page can have."""
        if self.place.app_url:
            return frozenset({_origin_of(self.place.app_url)})
        if _hops(self.peer, self.place) and "x-forwarded-proto" in self.headers:
            return frozenset({_normal_origin(self.scheme, self.host)})
        return frozenset({_normal_origin("http", self.host), _normal_origin("https", self.host)})

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by name; of two with one name the first, which has the longer path."""
        found: dict[str, str] = {}
        for pair in self.headers.get("cookie", "").split(";"):
            name, _, value = pair.partition("=")
            found.setdefault(name.strip(), value.strip())
        return found

    @property
    def locale(self) -> Locale:
        """The language to begin with: the page's own cookie, else what the browser prefers, else English."""
        chosen = self.cookies.get("portico_locale", "")
        return self.place.languages.choose([chosen] if chosen else _preferred(self.headers.get("accept-language", "")))

    @property
    def theme(self) -> Theme:
        """The theme to begin with, from the page's own cookie."""
        chosen = self.cookies.get("portico_theme")
        return "light" if chosen == "light" else "dark" if chosen == "dark" else "system"

    @property
    def cookie_name(self) -> str:
        if not self.secure:
            return "portico"
        if not self.place.base_path:
            return "__Host-portico"
        return f"__Secure-portico-{hashlib.sha256(self.place.base_path.encode('utf-8')).hexdigest()[:8]}"

    @property
    def cookie_path(self) -> str:
        return self.place.base_path or "/"


def visit(method: str, peer: str, scheme: str, headers: Headers, place: Place) -> Visit:
    """Judge one request; `headers` have lower-case names, and repeated ones are joined by commas."""
    hops = _hops(peer, place)
    host = _forwarded(headers, "x-forwarded-host", hops) or headers.get("host", "")
    proto = _forwarded(headers, "x-forwarded-proto", hops) or urlsplit(place.app_url).scheme or scheme
    forwarded = any(name in _FORWARDING or name.startswith("x-forwarded-") for name in headers)
    address = _client_address(headers, peer, place.trusted_hops)
    return Visit(method, peer, address, "https" if proto.lower() == "https" else "http", host.lower(), forwarded, headers, place)


def check_unsafe(request: Visit, *, bearer: bool) -> None:
    """Raise CrossSite unless an unsafe method comes from the own page, or carries an API key, which no other site can add."""
    if request.method in _SAFE_METHODS or bearer:
        return
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    if site is not None or request.headers.get("origin", "").lower() not in request.own_origins:
        raise CrossSite


def check_stream(request: Visit) -> None:
    """Raise CrossSite if a GET that stays open was started by another site.

    A request with neither header passes: it comes from a program, or from another site without the cookie (SameSite=Lax).
    """
    site = request.headers.get("sec-fetch-site")
    if site in {"cross-site", "same-site"}:
        raise CrossSite
    origin = request.headers.get("origin")
    if origin is not None and site != "same-origin" and origin.lower() not in request.own_origins:
        raise CrossSite


def check_transport(request: Visit) -> None:
    """Raise HttpsRequired before a session cookie would be set over plain http on a wire."""
    if request.secure or request.place.allow_http:
        return
    if is_local_host(request.host) and (not request.forwarded or _hops(request.peer, request.place)):
        return
    raise HttpsRequired


def is_loopback(address: str) -> bool:
    """Say whether `address` is this machine, also in the IPv4-mapped form of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def is_local_host(host: str) -> bool:
    """Say whether a Host header names this machine: localhost, 127.0.0.1 or [::1], with or without a port."""
    name = host.lower()
    head, colon, port = name.rpartition(":")
    if colon and port.isdigit():
        name = head
    return name in {"localhost", "127.0.0.1", "[::1]"}


def _hops(peer: str, place: Place) -> int:
    if place.trusted_hops:
        return place.trusted_hops
    return 1 if place.cluster and _is_private(peer) else 0


def _is_private(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return any((mapped or parsed) in network for network in _CLUSTER_NETWORKS)


def _forwarded(headers: Headers, name: str, hops: int) -> str:
    """Return what the outermost trusted proxy wrote: the `hops`-th entry from the right, or the first where proxies overwrite."""
    if not hops:
        return ""
    entries = [entry.strip() for entry in headers.get(name, "").split(",") if entry.strip()]
    if not entries:
        return ""
    return entries[-hops] if len(entries) >= hops else entries[0]


def _client_address(headers: Headers, peer: str, hops: int) -> str:
    entries = [entry.strip() for entry in headers.get("x-forwarded-for", "").split(",") if entry.strip()]
    if not hops or len(entries) < hops:
        return peer
    found = entries[-hops]
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return peer


def _preferred(header: str) -> list[str]:
    """Return the language tags of an Accept-Language header, the best first."""
    weighted: list[tuple[float, str]] = []
    for entry in header[:500].split(","):
        tag, _, parameter = entry.strip().partition(";")
        quality = parameter.strip().removeprefix("q=")
        try:
            weighted.append((float(quality) if quality else 1.0, tag.strip()))
        except ValueError:
            continue
    return [tag for quality, tag in sorted(weighted, key=lambda item: -item[0]) if quality > 0]


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return _normal_origin(parts.scheme, parts.netloc.rpartition("@")[2])


def _normal_origin(scheme: str, host: str) -> str:
    return f"{scheme}://{host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ''))}"
