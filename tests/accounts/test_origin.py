from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.accounts.languages import Languages
from portico.accounts.origin import CrossSite, HttpsRequired, Place, Visit, check_stream, check_transport, check_unsafe, visit

PUBLIC, PRIVATE, LOOPBACK = "203.0.113.9", "10.0.3.4", "127.0.0.1"


def request(
    peer: str = LOOPBACK, place: Place | None = None, method: str = "POST", *, headers: Mapping[str, str] | None = None, **more: str
) -> Visit:
    given = {**(headers or {}), **more}
    named = {"host": "chat.example.org", **{name.replace("_", "-"): value for name, value in given.items()}}
    return visit(method, peer, "http", named, place or Place())


# First run


@pytest.mark.parametrize("host", ["localhost", "localhost:3210", "127.0.0.1:3210", "[::1]:3210", "LOCALHOST"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_a_browser_on_this_machine_is_first_hand(host: str, peer: str) -> None:
    assert request(peer, host=host).first_hand


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        (PUBLIC, {"host": "localhost"}),
        (PRIVATE, {"host": "127.0.0.1"}),
        ("", {"host": "localhost"}),
        (LOOPBACK, {"host": "chat.example.org"}),
        (LOOPBACK, {"host": "localhost.example.org"}),
        (LOOPBACK, {"host": ""}),
        *(
            (LOOPBACK, {"host": "localhost", name: "x"})
            for name in ("forwarded", "via", "x_forwarded_for", "x_forwarded_proto", "x_real_ip")
        ),
        (LOOPBACK, {"host": "localhost", "x_forwarded_anything": ""}),
    ],
)
def test_a_tunnel_a_proxy_or_another_machine_is_not_first_hand(peer: str, headers: dict[str, str]) -> None:
    assert not request(peer, headers=headers).first_hand


def test_trusting_a_proxy_does_not_make_its_visitors_first_hand() -> None:
    assert not request(LOOPBACK, Place(trusted_hops=1), host="localhost", x_forwarded_host="localhost").first_hand


# Forwarded headers through 0, 1 and 2 hops


@pytest.mark.parametrize(
    ("hops", "expected"),
    [(0, LOOPBACK), (1, "198.51.100.1"), (2, "198.51.100.2")],
)
def test_the_client_address_is_the_entry_of_the_outermost_trusted_proxy(hops: int, expected: str) -> None:
    forged_first = "192.0.2.66, 198.51.100.2, 198.51.100.1"
    assert request(place=Place(trusted_hops=hops), x_forwarded_for=forged_first).address == expected


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_visitor_cannot_forge_scheme_or_host_past_the_trusted_proxies(hops: int) -> None:
    written = ["proxy.example.org"] * hops
    forged = request(
        place=Place(trusted_hops=hops),
        x_forwarded_host=", ".join(["evil.example", *written]),
        x_forwarded_proto=", ".join(["https", *["http"] * hops]),
    )
    assert forged.host == ("proxy.example.org" if hops else "chat.example.org")
    assert not forged.secure


def test_a_proxy_that_overwrites_instead_of_appending_is_understood() -> None:
    behind_two = request(place=Place(trusted_hops=2), x_forwarded_host="chat.example.org", x_forwarded_proto="https")
    assert behind_two.secure
    assert behind_two.own_origins == {"https://chat.example.org"}


def test_too_few_addresses_or_nonsense_leave_the_peer() -> None:
    assert request(PRIVATE, Place(trusted_hops=2), x_forwarded_for="192.0.2.1").address == PRIVATE
    assert request(PRIVATE, Place(trusted_hops=1), x_forwarded_for="<script>").address == PRIVATE


def test_in_a_cluster_a_private_peer_tells_scheme_and_host_but_not_the_address() -> None:
    seen = request(PRIVATE, Place(cluster=True), x_forwarded_proto="https", x_forwarded_host="a.example", x_forwarded_for="192.0.2.1")
    assert (seen.secure, seen.host, seen.address) == (True, "a.example", PRIVATE)


@pytest.mark.parametrize("peer", [PUBLIC, LOOPBACK])
def test_in_a_cluster_other_peers_are_not_believed(peer: str) -> None:
    assert not request(peer, Place(cluster=True), x_forwarded_proto="https").secure


# Cookies


def test_the_cookie_over_https_is_bound_to_the_host() -> None:
    seen = request(place=Place(app_url="https://chat.example.org"))
    assert (seen.cookie_name, seen.cookie_path) == ("__Host-portico", "/")


def test_the_cookie_under_a_base_path_is_bound_to_that_path() -> None:
    one, other = (request(place=Place(base_path=base, app_url="https://chat.example.org")) for base in ("/chat", "/other"))
    assert one.cookie_name.startswith("__Secure-portico-")
    assert one.cookie_name != other.cookie_name
    assert one.cookie_path == "/chat"


def test_the_cookie_over_plain_http_has_the_plain_name() -> None:
    assert request(host="localhost").cookie_name == "portico"


@pytest.mark.parametrize(
    ("seen", "allowed"),
    [
        (request(host="localhost:3210"), True),
        (request(PRIVATE, host="localhost:3210"), True),
        (request(PUBLIC), False),
        (request(LOOPBACK), False),
        (request(host="localhost", x_forwarded_for="192.0.2.1"), False),
        (request(host="proxy", place=Place(trusted_hops=1), x_forwarded_proto="http", x_forwarded_host="localhost:8080"), True),
        (request(PUBLIC, Place(allow_http=True)), True),
        (request(PUBLIC, Place(app_url="https://chat.example.org")), True),
        (request(PRIVATE, Place(trusted_hops=1), x_forwarded_proto="https"), True),
    ],
)
def test_a_session_over_plain_http_stays_on_this_machine_unless_the_operator_says_otherwise(seen: Visit, allowed: bool) -> None:
    if allowed:
        check_transport(seen)
    else:
        with pytest.raises(HttpsRequired):
            check_transport(seen)


# Cross-site requests


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "garbage"])
@pytest.mark.parametrize("origin", ["https://chat.example.org", "https://evil.example", None])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_an_unsafe_request_of_another_site_is_refused_whatever_its_origin_says(site: str, origin: str | None, method: str) -> None:
    headers = {"sec_fetch_site": site, **({"origin": origin} if origin else {})}
    with pytest.raises(CrossSite):
        check_unsafe(request(method=method, headers=headers), bearer=False)


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "https://chat.example.org.evil.example", "https://chat.example.org:444", ""]
)
def test_without_fetch_metadata_a_foreign_origin_is_refused(origin: str) -> None:
    with pytest.raises(CrossSite):
        check_unsafe(request(origin=origin), bearer=False)


def test_without_any_sign_of_its_origin_an_unsafe_request_is_refused() -> None:
    with pytest.raises(CrossSite):
        check_unsafe(request(), bearer=False)


@pytest.mark.parametrize("origin", ["https://chat.example.org", "http://chat.example.org", "https://CHAT.example.org"])
def test_the_own_page_passes_by_either_sign(origin: str) -> None:
    check_unsafe(request(sec_fetch_site="same-origin"), bearer=False)
    check_unsafe(request(origin=origin), bearer=False)


def test_an_api_key_needs_no_origin() -> None:
    check_unsafe(request(sec_fetch_site="cross-site"), bearer=True)


def test_reading_is_never_refused_for_its_site() -> None:
    check_unsafe(request(method="GET", sec_fetch_site="cross-site"), bearer=False)


def test_the_named_address_is_the_only_own_origin() -> None:
    place = Place(app_url="https://chat.example.org:443/")
    check_unsafe(request(place=place, host="10.1.1.1", origin="https://chat.example.org"), bearer=False)
    with pytest.raises(CrossSite):
        check_unsafe(request(place=place, host="10.1.1.1", origin="http://10.1.1.1"), bearer=False)


def test_the_origin_of_the_open_page_is_the_named_address_or_the_host() -> None:
    assert request(place=Place(app_url="https://Chat.example.org:443/")).own_origins == {"https://chat.example.org"}
    assert request(host="localhost:3210").own_origins == {"http://localhost:3210", "https://localhost:3210"}


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"}])
def test_a_stream_is_refused_to_another_site(headers: dict[str, str]) -> None:
    with pytest.raises(CrossSite):
        check_stream(request(method="GET", headers=headers))


@pytest.mark.parametrize(
    "headers", [{}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {"origin": "https://chat.example.org"}]
)
def test_a_stream_is_open_to_the_own_page_and_to_programs(headers: dict[str, str]) -> None:
    check_stream(request(method="GET", headers=headers))


# Language and theme before sign-in

HERE = Place(languages=Languages(("en", "zh-CN")))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("zh-TW,zh;q=0.9", "zh-CN"),
        ("de, en;q=0.5, zh;q=0.4", "en"),
        ("en;q=0.3, zh-Hans;q=0.8", "zh-CN"),
        ("zh;q=0, fr", "en"),
        ("zh;q=x", "en"),
    ],
)
def test_the_language_to_begin_with_is_the_one_that_the_browser_prefers(header: str, expected: str) -> None:
    assert request(place=HERE, accept_language=header).locale == expected


def test_the_pages_own_cookies_win_over_the_browser() -> None:
    seen = request(place=HERE, accept_language="en", cookie="portico_locale=zh-CN; portico_theme=dark")
    assert (seen.locale, seen.theme) == ("zh-CN", "dark")


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_header_makes_the_language_or_the_theme_anything_else(language: str, cookie: str) -> None:
    seen = request(place=HERE, accept_language=language, cookie=cookie)
    assert seen.locale in HERE.languages.tags
    assert seen.theme in {"light", "dark", "system"}


def test_the_first_of_two_cookies_of_one_name_counts() -> None:
    assert request(cookie="portico=longer-path; portico=shorter").cookies["portico"] == "longer-path"
