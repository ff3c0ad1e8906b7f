"""The region table, its hosts, and which hosts that a server names are trusted."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._protocols.regions import REGIONS, Platform, platform_of


def test_all_eighteen_regions_have_a_domain_of_their_own() -> None:
    assert len(REGIONS) == len(set(REGIONS.values())) == 18


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_a_region_gives_its_hosts(region: str) -> None:
    platform = platform_of(region=region)

    assert platform.url("api") == f"https://api.{REGIONS[region]}"
    assert platform.socket_url("webmessaging") == f"wss://webmessaging.{REGIONS[region]}"
    assert platform.host_is_allowed(platform.socket_url("streaming") + "/channels/x")


@pytest.mark.parametrize("name", ["eu_west_1", "eu-west-1", "EU_WEST_1", " eu_west_1 "])
def test_a_region_may_be_spelled_as_amazon_spells_it(name: str) -> None:
    assert platform_of(region=name).domain == "mypurecloud.ie"


def test_an_unknown_region_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"Did you mean eu_west_1\?.*domain="):
        platform_of(region="eu_wset_1")
    with pytest.raises(ValueError, match=r"Unknown region\. Known:"):
        platform_of(region="moon")


def test_a_new_region_is_reached_by_its_domain() -> None:
    assert platform_of(domain="new1.pure.cloud").url("login") == "https://login.new1.pure.cloud"


@pytest.mark.parametrize(
    "domain",
    ["", "https://mypurecloud.ie", "mypurecloud.ie/", "localhost", "a b.ie", "-a.ie", "MYPURECLOUD.IE"],
)
def test_what_is_not_a_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="domain must look like"):
        platform_of(domain=domain)


@pytest.mark.parametrize("arguments", [{}, {"region": "eu_west_1", "domain": "mypurecloud.ie"}])
def test_exactly_one_way_to_name_a_platform_is_given(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exactly one of"):
        platform_of(**arguments)


@pytest.mark.parametrize("name", ["region", "domain", "base_url"])
def test_what_names_a_platform_is_a_str(name: str) -> None:
    arguments: dict[str, Any] = {name: 1}
    with pytest.raises(TypeError, match=f"{name} must be a str, not int"):
        platform_of(**arguments)


def test_a_base_url_stands_for_every_host() -> None:
    platform = platform_of(base_url="http://127.0.0.1:8080/")

    assert {platform.url("api"), platform.url("api-cdn"), platform.url("login")} == {"http://127.0.0.1:8080"}
    assert platform.socket_url("webmessaging") == "ws://127.0.0.1:8080"
    assert platform.name == "http://127.0.0.1:8080"


REGION = Platform(domain="mypurecloud.ie")
LOCAL = Platform(base_url="http://127.0.0.1:8080")
GATEWAY = Platform(base_url="https://gw.example/genesys")


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        (REGION, "wss://streaming.mypurecloud.ie/channels/x"),
        (REGION, "https://fileupload.mypurecloud.ie:443/x?y=z"),
        (REGION, "https://mypurecloud.ie"),
        (REGION, "https://API.MYPURECLOUD.IE/x"),
        (LOCAL, "http://127.0.0.1:8080/upload"),
        (LOCAL, "ws://127.0.0.1:8080/channels/x"),
        (GATEWAY, "https://gw.example:443/other"),
        (GATEWAY, "wss://gw.example/x"),
    ],
)
def test_a_host_of_the_platform_is_trusted(platform: Platform, url: str) -> None:
    assert platform.host_is_allowed(url)


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        (REGION, "https://evil.example/"),
        (REGION, "https://mypurecloud.ie.evil.example/"),
        (REGION, "https://evilmypurecloud.ie/"),
        (REGION, "https://api.mypurecloud.com/"),
        (REGION, "http://api.mypurecloud.ie/"),
        (REGION, "ws://streaming.mypurecloud.ie/"),
        (REGION, "https://api.mypurecloud.ie:8443/"),
        (REGION, "https://api.mypurecloud.ie:99999/"),
        (REGION, "https://user@api.mypurecloud.ie/"),
        (REGION, "https://evil.example\\@api.mypurecloud.ie/"),
        (REGION, "https://evil.example\t.mypurecloud.ie/"),
        (REGION, "https://api.mypurecloud.ie\u3002evil.example/"),
        (REGION, "https:///path"),
        (REGION, "https://[::1"),
        (REGION, "file:///etc/passwd"),
        (REGION, ""),
        (LOCAL, "http://127.0.0.1:8081/"),
        (LOCAL, "https://127.0.0.1:8080/"),
        (LOCAL, "http://localhost:8080/"),
        (GATEWAY, "http://gw.example/"),
        (GATEWAY, "https://gw.example:8443/"),
    ],
)
def test_any_other_host_is_not(platform: Platform, url: str) -> None:
    assert not platform.host_is_allowed(url)


def test_helpers_of_a_region_are_trusted_where_they_are_named() -> None:
    url = "https://files.store.example/x"

    assert not REGION.host_is_allowed(url)
    assert REGION.host_is_allowed(url, also=("files.store.example",))
    assert not REGION.host_is_allowed(url, also=("store.example",))
    assert not REGION.host_is_allowed("http://files.store.example/x", also=("files.store.example",))
    assert not LOCAL.host_is_allowed(url, also=("files.store.example",))


@pytest.mark.parametrize(
    ("region", "second"),
    [
        ("us_east_1", "use1"),
        ("eu_west_1", "euw1"),
        ("eu_central_1", "euc1"),
        ("ap_northeast_1", "apne1"),
        ("ap_southeast_2", "apse2"),
    ],
)
def test_an_older_region_has_two_names(region: str, second: str) -> None:
    by_region, by_name = platform_of(region=region), platform_of(domain=f"{second}.pure.cloud")

    assert by_region.host_is_allowed(f"wss://streaming.{second}.pure.cloud/channels/x")
    assert by_name.host_is_allowed(f"wss://streaming.{REGIONS[region]}/channels/x")
    assert by_name.upload_hosts == by_region.upload_hosts
    assert not platform_of(region="eu_west_2").host_is_allowed(f"https://api.{second}.pure.cloud/")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us_east_1", "shyrka-prod.s3.amazonaws.com"),
        ("eu_west_1", "shyrka-prod-euw1.s3.eu-west-1.amazonaws.com"),
        ("ap_southeast_2", "shyrka-prod-apse2.s3.ap-southeast-2.amazonaws.com"),
        ("us_east_2", "shyrka-fedramp-use2-core.s3-fips.us-east-2.amazonaws.com"),
    ],
)
def test_guests_files_go_to_the_store_of_their_region_alone(region: str, host: str) -> None:
    stores = {platform_of(region=each).upload_hosts for each in REGIONS}

    assert platform_of(region=region).upload_hosts == (host,)
    assert len(stores) == len(REGIONS)
    assert platform_of(region="eusc_de_east_1").upload_hosts == ()
    assert LOCAL.upload_hosts == ()
