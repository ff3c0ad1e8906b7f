"""Where Redis is: the file's address with the environment's password, which it never shows."""

from __future__ import annotations

import pytest

import ipygenesys as ig
from ipygenesys._relay.address import HERE, Address, SettingsError, address_of
from ipygenesys._relay.settings import RedisSettings

ENVIRONMENT = {
    "PW": "p@ss/w:rd",
    "URL": "rediss://ann:hunter2@h:1/2?health_check_interval=3",
    "BAD": "http://x",
}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (RedisSettings(), Address(url=HERE, user=None, password=None)),
        (
            RedisSettings(url="redis://relay@h:1/0", password_env="PW"),
            Address(url="redis://relay:p%40ss%2Fw%3Ard@h:1/0", user="relay", password="p@ss/w:rd"),
        ),
        (
            RedisSettings(url="redis+sentinel://relay@a:1,b:2/main", password_env="PW"),
            Address(url="redis+sentinel://relay:p%40ss%2Fw%3Ard@a:1,b:2/main", user="relay", password="p@ss/w:rd"),
        ),
        (
            RedisSettings(url="unix:///run/redis.sock", password_env="PW"),
            Address(url="unix://:p%40ss%2Fw%3Ard@/run/redis.sock", user=None, password="p@ss/w:rd"),
        ),
        (RedisSettings(url_env="URL"), Address(url=ENVIRONMENT["URL"], user="ann", password="hunter2")),
    ],
)  # fmt: skip
def test_an_address_is_the_files_with_the_environments_password(
    settings: RedisSettings, expected: Address
) -> None:
    address = address_of(settings, ENVIRONMENT)
    assert address == expected
    assert not [each for each in ("hunter2", "p%40ss", "p@ss") if each in repr(address)]
    assert address.shown.partition("://")[0] == address.url.partition("://")[0]


def test_what_is_shown_of_it() -> None:
    assert address_of(RedisSettings(url_env="URL"), ENVIRONMENT).shown == "rediss://ann@h:1/2"
    assert address_of(RedisSettings(url="rediss+cluster://h:1"), {}).is_cluster
    assert not address_of(RedisSettings(), {}).is_cluster


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (RedisSettings(url_env="NONE"), r"redis\.url_env: the environment variable NONE is not set"),
        (RedisSettings(url_env="BAD"), r"redis\.url_env: BAD: it must begin with redis://"),
        (RedisSettings(password_env="NONE"), r"redis\.password_env: the environment variable NONE is not set"),
    ],
)  # fmt: skip
def test_what_the_environment_does_not_hold_is_named(settings: RedisSettings, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        address_of(settings, ENVIRONMENT)


@pytest.mark.parametrize(
    "url",
    ["rediss://team:hun/ter2@h:6379/0", "redis://team:hun#ter2@h", "redis://team:hun?ter2@h/0", "redis://h:hunter2"],
)  # fmt: skip
def test_a_password_that_would_be_read_as_something_else_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match="percent-encoded") as told:
        ig.Relay(url, conversation_id="c")
    with pytest.raises(SettingsError, match="percent-encoded") as said:
        address_of(RedisSettings(url_env="URL"), {"URL": url})
    assert not [each for each in ("hun", "ter2") if each in f"{told.value}{said.value}"]
