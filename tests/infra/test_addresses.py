"""Which addresses are refused: the vectors of other projects' SSRF holes, and the ranges of the registries."""

import ipaddress

import pytest

from portico.infra.addresses import Rules, embedded, parse_host, refusal

PUBLIC = Rules()
CONNECTOR = Rules(private=True, loopback=True)
CLUSTER = Rules(private=True)

NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "169.254.170.2",
    "169.254.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff05::2",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2002:a9fe:a9fe::",
    "::ffff:0.0.0.0",
    "::ffff:100.100.100.200",
    "64:ff9b::6464:64c8",
    "2002:6464:64c8::",
    "2001:0:4136:e378:8000:63bf:5601:5601",
    "2001:db8::5efe:169.254.169.254",
    "fe80::5efe:a00:1",
]
PRIVATE = [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "fc00::1",
    "fd12:3456:789a::1",
    "::ffff:10.0.0.1",
    "::ffff:c0a8:1",
    "::ffff:172.16.5.4",
    "fd00::5efe:a00:1",
]
LOOPBACK = ["127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1.2.3", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]
# Transition addresses of private networks: nothing reachable hides behind them, so `connector` may refuse or not; `public` must refuse.
HIDDEN = [
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::c0a8:101",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:c0a8:101::1",
    "2002:ac10:1::",
    "::127.0.0.1",
    "::10.0.0.1",
    "::192.168.1.1",
    "2001:0:a00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:0:4136:e378:8000:63bf:3f57:fefe",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1",
]
FREE = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "192.169.0.1",
    "169.253.255.255",
    "169.255.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "52.94.236.248",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "2620:fe::fe",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
ODD_HOSTS = [
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "017700000001",
    "2130706433",
    "127.1",
    "127.0.1",
    "0",
    "0x0",
    "00",
    "1",
    "1.1",
    "010.0.0.1",
    "127.0.0.01",
    "0x7f.1",
    "256.256.256.256",
    "1.2.3.4.5",
    "1.2.3",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "127.0.0.1..",
    "999",
    "08.8.8.8",
    "a.1",
    "example.0x7f",
    "4294967296",
    "0X7F000001",
    "metadata.google.internal",
    "METADATA.GOOGLE.INTERNAL",
    "metadata",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.google.internal.",
    "a..b",
    ".a",
]
NAMES = [
    "example.com",
    "a.b.c",
    "localhost",
    "xn--bcher-kva.example",
    "1password.com",
    "a1",
    "b-1.example",
    "3com.net",
    "x0x",
    "0x7f.example",
    "example.com.",
]


def ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("rules", [PUBLIC, CONNECTOR, CLUSTER], ids=["public", "connector", "cluster"])
def test_reserved_link_local_and_metadata_addresses_are_refused_by_every_policy(text: str, rules: Rules) -> None:
    assert refusal(ip(text), rules)


@pytest.mark.parametrize("text", [*PRIVATE, *LOOPBACK, *HIDDEN])
def test_the_public_policy_refuses_every_private_address_in_every_disguise(text: str) -> None:
    assert refusal(ip(text), PUBLIC)


@pytest.mark.parametrize("text", [*PRIVATE, *LOOPBACK])
def test_the_connector_policy_reaches_the_own_network_and_machine(text: str) -> None:
    assert refusal(ip(text), CONNECTOR) == ""


@pytest.mark.parametrize("text", LOOPBACK)
def test_in_a_cluster_no_policy_reaches_the_own_machine(text: str) -> None:
    assert refusal(ip(text), CLUSTER)


@pytest.mark.parametrize("text", FREE)
def test_the_public_internet_is_free(text: str) -> None:
    assert refusal(ip(text), PUBLIC) == ""


def test_the_operator_can_allow_a_private_network_but_never_metadata() -> None:
    rules = Rules(allow=(ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("169.254.0.0/16")))
    assert refusal(ip("10.1.2.3"), rules) == ""
    assert refusal(ip("10.2.0.1"), rules)
    assert refusal(ip("169.254.169.254"), rules)


def test_what_the_operator_denies_wins_over_what_he_allows() -> None:
    rules = Rules(private=True, allow=(ipaddress.ip_network("10.0.0.0/8"),), deny=(ipaddress.ip_network("10.9.0.0/16"),))
    assert refusal(ip("10.9.1.1"), rules)
    assert refusal(ip("::ffff:10.9.1.1"), rules)


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_hosts_that_parsers_read_differently_are_refused(host: str) -> None:
    with pytest.raises(ValueError):
        parse_host(host)


@pytest.mark.parametrize("host", NAMES)
def test_names_are_names(host: str) -> None:
    assert parse_host(host) is None


def test_plain_literals_are_read() -> None:
    assert [str(parse_host(host)) for host in ("8.8.8.8", "8.8.8.8.", "[::1]", "::1", "[fe80::1%25eth0]")] == [
        "8.8.8.8", "8.8.8.8", "::1", "::1", "fe80::1",
    ]  # fmt: skip


def test_the_address_inside_a_transition_address_is_found() -> None:
    inner = {
        text: [str(found) for found in embedded(ip(text))]
        for text in ("::ffff:1.2.3.4", "2002:102:304::", "64:ff9b::102:304", "::1", "8.8.8.8")
    }
    assert inner == {
        "::ffff:1.2.3.4": ["1.2.3.4"],
        "2002:102:304::": ["1.2.3.4"],
        "64:ff9b::102:304": ["1.2.3.4"],
        "::1": [],
        "8.8.8.8": [],
    }
