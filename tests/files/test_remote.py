"""Images of other sites, from real servers on addresses of this machine that the egress rules were told to allow."""

import asyncio
import gzip

import pytest
from aiohttp import web

from portico.access.principal import Principal
from portico.files.remote import ImageUnreachable, NotAnImage, RemoteImages, RemoteImagesOff
from portico.files.service import FileTooLarge
from portico.infra.egress import AddressRefused, AnswerTooLarge
from portico.infra.ratelimit import RateLimited
from tests.files.conftest import PORT, Elsewhere, MakeImages
from tests.files.test_content import AVIF, jpeg, png
from tests.infra.test_egress import URLS, Names

pytestmark = pytest.mark.parametrize(
    "store_url", ["sqlite"], indirect=True
)  # the store holds the rate limit alone, which has tests of its own


@pytest.fixture
def images(make_images: MakeImages) -> RemoteImages:
    return make_images()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(png(4, 3), "image/png"), (jpeg(4, 3), "image/jpeg"), (b"GIF89a\4\0\3\0", "image/gif"), (AVIF, "image/avif")],
)
async def test_an_image_comes_with_the_type_of_its_content(
    images: RemoteImages, ada: Principal, site: Elsewhere, data: bytes, media_type: str
) -> None:
    image = await images.fetch(ada, site.put("/a", data, Content_Type="text/html"))
    assert (image.media_type, image.data) == (media_type, data)


async def test_the_other_site_learns_nothing_about_the_person(images: RemoteImages, ada: Principal, site: Elsewhere) -> None:
    url = site.put("/a", png(1, 1), Set_Cookie="spy=1")
    await images.fetch(ada, url)
    await images.fetch(ada, url)
    for request in site.asked:
        assert {name.lower() for name in request.headers} <= {"host", "accept", "accept-encoding", "user-agent"}
        assert request.headers["User-Agent"] == "Portico"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><img src=x onerror=alert(1)></html>",
        b"%PDF-1.7",
        b"",
        b"PK\x03\x04",
        b" \x89PNG\r\n\x1a\n",
        b"\x00\x00\x00\x20ftypmp42" + b"\0" * 20,
    ],
)
async def test_what_is_no_raster_image_is_refused_whatever_it_is_called(
    images: RemoteImages, ada: Principal, site: Elsewhere, data: bytes
) -> None:
    with pytest.raises(NotAnImage):
        await images.fetch(ada, site.put("/a.png", data, Content_Type="image/png"))


async def test_an_image_over_the_limit_is_not_read_to_its_end(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    with pytest.raises(AnswerTooLarge):
        await make_images(remote_image_bytes=10_000).fetch(ada, site.put("/a", png(1, 1) + b"x" * 20_000))


async def test_an_image_that_unpacks_to_more_than_the_limit_is_refused(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    packed = gzip.compress(png(1, 1) + b"\0" * 5_000_000)
    with pytest.raises(AnswerTooLarge):
        await make_images(remote_image_bytes=1_000_000).fetch(ada, site.put("/a", packed, Content_Encoding="gzip"))


async def test_a_small_file_that_claims_many_pixels_is_refused(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    with pytest.raises(FileTooLarge):
        await make_images(image_pixels=100).fetch(ada, site.put("/a", png(50, 50)))


async def test_a_redirect_is_followed_a_few_times(images: RemoteImages, ada: Principal, site: Elsewhere) -> None:
    site.put("/c", png(1, 1))
    site.put("/b", b"", status=301, Location=site.url("/c"))
    assert (await images.fetch(ada, site.put("/a", b"", status=302, Location="/b"))).media_type == "image/png"


@pytest.mark.parametrize("location", ["/a", "", "http://[", "//"])
async def test_a_redirect_in_circles_or_to_nowhere_ends(images: RemoteImages, ada: Principal, site: Elsewhere, location: str) -> None:
    with pytest.raises((ImageUnreachable, AddressRefused)):
        await images.fetch(ada, site.put("/a", b"", status=302, Location=location))
    assert len(site.asked) <= 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/",
        "http://[::ffff:10.0.0.1]/",
        "http://0x7f000001/",
        "file:///etc/passwd",
        "http://localhost:22/",
        "gopher://example.com/",
        "http://user@example.com/",
        "http://metadata.google.internal/",
        "http://10.0.0.1\\@example.com/",
    ],
)
async def test_a_redirect_into_this_network_is_refused(images: RemoteImages, ada: Principal, site: Elsewhere, location: str) -> None:
    with pytest.raises(ImageUnreachable):
        await images.fetch(ada, site.put("/a", b"", status=302, Location=location))


@pytest.mark.parametrize("url", URLS)
async def test_addresses_that_hide_where_they_lead_are_refused(images: RemoteImages, ada: Principal, url: str) -> None:
    with pytest.raises(AddressRefused):
        await images.fetch(ada, url)


async def test_an_address_of_this_machine_is_refused_unless_it_is_allowed(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    with pytest.raises(AddressRefused):
        await make_images(allow=False).fetch(ada, site.put("/a", png(1, 1)))
    assert not site.asked


async def test_a_name_that_leads_into_this_network_cannot_be_told_from_one_that_does_not_exist(
    make_images: MakeImages, ada: Principal, site: Elsewhere
) -> None:
    inside = Names(intranet_example=[["10.0.0.7"]], mixed_example=[["1.1.1.1", "127.0.0.1"]], rebind_example=[[site.host], ["127.0.0.1"]])
    images = make_images(names=inside)
    seen: list[str] = []
    for name in ("intranet.example", "mixed.example", "nowhere.example"):
        with pytest.raises(ImageUnreachable) as raised:
            await images.fetch(ada, f"http://{name}:8080/a.png")
        seen.append(raised.value.detail)
    assert len(set(seen)) == 1


async def test_a_name_that_changes_between_two_requests_is_judged_each_time(
    make_images: MakeImages, ada: Principal, site: Elsewhere
) -> None:
    site.put("/a", b"", status=302, Location=f"http://second.example:{PORT}/b")
    images = make_images(names=Names(first_example=[[site.host]], second_example=[["127.0.0.1"]]))
    with pytest.raises(ImageUnreachable):
        await images.fetch(ada, f"http://first.example:{PORT}/a")
    assert [request.path for request in site.asked] == ["/a"]


@pytest.mark.parametrize("status", [204, 206, 403, 404, 500])
async def test_a_site_that_does_not_send_the_image_is_named_as_the_reason(
    images: RemoteImages, ada: Principal, site: Elsewhere, status: int
) -> None:
    with pytest.raises(ImageUnreachable, match=str(status)):
        await images.fetch(ada, site.put("/a", png(1, 1), status=status))


async def test_a_site_that_hangs_is_given_up(
    images: RemoteImages, ada: Principal, site: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portico.files.remote._TOTAL_S", 0.2)

    async def hang(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    site.answers["/a"] = hang
    with pytest.raises(ImageUnreachable):
        await images.fetch(ada, site.url("/a"))


async def test_nobody_listening_is_not_reachable(images: RemoteImages, ada: Principal, site: Elsewhere) -> None:
    with pytest.raises(ImageUnreachable):
        await images.fetch(ada, f"http://{site.host}:8443/a.png")


async def test_a_person_has_so_many_images_fetched_in_a_minute(
    make_images: MakeImages, ada: Principal, bob: Principal, site: Elsewhere
) -> None:
    images, url = make_images(remote_images_per_minute=2), site.put("/a", png(1, 1))
    await images.fetch(ada, url)
    await images.fetch(ada, url)
    with pytest.raises(RateLimited):
        await images.fetch(ada, url)
    await images.fetch(bob, url)


async def test_an_operator_can_turn_it_off(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    with pytest.raises(RemoteImagesOff):
        await make_images(enabled=False).fetch(ada, site.put("/a", png(1, 1)))
    assert not site.asked
