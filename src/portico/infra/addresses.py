"""Which addresses may be connected to: pure rules over parsed IP addresses and host names."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# Never: they name this network, a cloud's metadata service, a group, or nothing at all.
_NEVER = _networks(
    "0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128",
    "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16",
)  # fmt: skip
_LOOPBACK = _networks("127.0.0.0/8", "::1/128")
_PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_NAT64 = _networks("64:ff9b::/96", "64:ff9b:1::/48")
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"})
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NUMERIC_LABEL = re.compile(r"\d+|0[xX][0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one policy allows beyond the public internet. `allow` and `deny` are the operator's networks; `deny` wins."""

    private: bool = False
    loopback: bool = False
    allow: tuple[Network, ...] = ()
    deny: tuple[Network, ...] = ()


def embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses inside an IPv6 one: mapped, compatible, 6to4, NAT64, Teredo and ISATAP."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [part for part in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if part is not None]
    number = int(address)
    low = ipaddress.IPv4Address(number & 0xFFFFFFFF)
    is_compatible = number >> 32 == 0 and number > 1
    is_isatap = (number >> 32) & 0xFCFFFFFF == 0x5EFE
    if is_compatible or is_isatap or any(address in network for network in _NAT64):
        found.append(low)
    return found


def refusal(address: Address, rules: Rules) -> str:
    """Return why `address` may not be connected to, or an empty string if it may."""
    inner = embedded(address)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return refusal(address.ipv4_mapped, rules)
    reasons = [refusal(part, rules) for part in inner]
    return next((reason for reason in reasons if reason), "") or _refusal(address, rules)


def _refusal(address: Address, rules: Rules) -> str:
    if _within(address, rules.deny):
        return "it is in a network that the operator denies"
    if _within(address, _NEVER) or (address.is_link_local or address.is_multicast):
        return "it is link-local, a metadata service, or reserved"
    if _within(address, rules.allow):
        return ""
    if _within(address, _LOOPBACK):
        return "" if rules.loopback else "it is this machine"
    if _within(address, _PRIVATE):
        return "" if rules.private else "it is in a private network"
    return "" if address.is_global or _within(address, _NAT64[:1]) else "it is not on the public internet"


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def parse_host(host: str) -> Address | None:
    """Read a host as a literal address; None for a name.

    Raises ValueError for the spellings that one parser takes as a name and the next as an address (octal, hexadecimal, shortened),
    and for names of metadata services.
    """
    bare = host.removesuffix(".").lower()
    if bare.startswith("[") or ":" in bare:
        return ipaddress.IPv6Address(bare.strip("[]").partition("%")[0])
    if _NUMERIC_LABEL.fullmatch(bare.rpartition(".")[2]):
        return ipaddress.IPv4Address(bare)  # which refuses everything but four decimal numbers without leading zeros
    if bare in _METADATA_NAMES or not _NAME.fullmatch(bare):
        raise ValueError("not a name to connect to")
    return None
