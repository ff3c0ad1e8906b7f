"""relay.toml: what is wrong in it is said with its place and the word that was likely meant, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.reading import covering, names_of, read, settings_of
from ipygenesys._relay.settings import Listen
from tests.relay.examples import RELAY_TOML

WRONG = [
    ("queue_ids", "queue_idz", "upstreams[0].queue_idz: there is no such setting; did you mean queue_ids?"),
    ("agent-queue", "agent-queu", "upstreams[0].protocol: 'agent-queu' is none of them; did you mean agent-queue?"),
    ("[redis]\nurl", "[redis]\nulr", "redis.ulr: there is no such setting; did you mean url?"),
    ("[streams]", "[stream]", "stream: there is no such setting; did you mean streams?"),
    ("identities.signed", "identities.sign", "identities.sign: there is no such setting; did you mean signed?"),
    ('users = ["ann"]', 'user = ["ann"]', "teams[0].user: there is no such setting; did you mean users?"),
    ("max_entries = 2_000", "max_entries = 0", "streams.max_entries: expected int >= 1"),
    ("max_entries = 2_000", 'max_entries = "many"', "streams.max_entries: expected int, got str"),
    ('queue_ids = ["q1", "q2"]\n', "", "upstreams[0]: queue_ids is missing"),
    ('queue_ids = ["q1", "q2"]\n', "queue_ids = []\n", "upstreams[0].queue_ids: expected array of length >= 1"),
    ('protocol = "agent-queue"\n', "", "upstreams[0]: protocol is missing"),
    ('name = "vip"', 'name = "v p"', "upstreams[1].name: a name or an id has letters, digits"),
    ('name = "vip"', 'name = "support"', "upstreams: 2 of them have the name 'support'"),
    ('["c-1", "c-2"]', '["c-1", "c-1"]', "upstreams: the conversation 'c-1' is there 2 times"),
    ('["c-1", "c-2"]', "[]", "upstreams[1].conversation_ids: expected array of length >= 1"),
    ('["c-1", "c-2"]', '["c 1"]', "upstreams[1].conversation_ids[0]: a name or an id has letters"),
    ('name = "coaches"', 'name = "readers"', "teams: 2 of them have the name 'readers'"),
    ('["support"]', '["suport"]', "teams[1].see: there is no upstream 'suport'; did you mean support?"),
    ('["support/c-9"]', '["c-9"]', "teams[1].type: there is no upstream 'c-9'"),
    ('["support/c-9"]', '["vip"]', "teams[1].type: it may not see 'vip', so that it can do nothing there"),
    ('users = ["ben"]\n', "", "teams[2]: nobody is in it"),
    ("relay@127", "relay:hunter2@127", "redis.url: it holds a password: name a variable"),
    ("redis://", "http://", "redis.url: it must begin with redis://, rediss://"),
    ("redis://", "redisss://", "Did you mean rediss://?"),
    ('_ID"\nclient_secret_env', '_ID"\naccess_token_env', "client_id_env and client_secret_env belong together"),
    ('client_secret_env = "G', 'client_secret = "G', "client_secret: there is no such setting; did you mean client_s"),
    ('"GENESYS_CLIENT_SECRET"', '"hunter2"', "client_secret_env: the name of an environment variable is meant"),
    ("[streams]", '[metrics]\nlisten = "9464"\n[streams]', "metrics.listen: it must look like 127.0.0.1:9464"),
    ("[streams]", '[metrics]\nlisten = "h:1/x"\n[streams]', "metrics.listen: it must look like 127.0.0.1:9464"),
    ("[streams]", '[metrics]\nlisten = "h:99999"\n[streams]', "metrics.listen: it must look like 127.0.0.1:9464"),
    ("[redis]", "[redis", "this is no TOML: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), WRONG)
def test_what_is_wrong_is_said_with_its_place_and_without_its_value(old: str, new: str, words: str) -> None:
    assert old in RELAY_TOML
    with pytest.raises(SettingsError) as caught:
        settings_of(RELAY_TOML.replace(old, new, 1))
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ("[identities.jupyterhub]", "teams[0].groups: only JupyterHub knows groups"),
        ("[identities.signed]", None),
        ("[streams]", None),
    ],
)
def test_a_section_may_be_left_out_unless_another_needs_it(cut: str, words: str | None) -> None:
    before, _, rest = RELAY_TOML.partition(f"{cut}\n")
    text = before + rest[rest.index("\n[") :]
    if words is None:
        assert settings_of(text).upstreams
    else:
        with pytest.raises(SettingsError, match=words.replace("[", r"\[")):
            settings_of(text)


def test_people_are_named_by_tokens_only_where_there_are_tokens() -> None:
    text = RELAY_TOML.replace("[identities.signed]\nsecret_env", "[redis_unused]\nsecret_env")
    with pytest.raises(SettingsError, match="redis_unused: there is no such setting"):
        settings_of(text)
    start, end = RELAY_TOML.index("[identities.signed]"), RELAY_TOML.index("[[upstreams]]")
    without = RELAY_TOML[:start] + RELAY_TOML[end:].replace('groups = ["leads"]\n', "")
    with pytest.raises(SettingsError, match=r"teams\[0\].users: nothing proves who they are"):
        settings_of(without)


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ("", "give either client_id_env and client_secret_env, or access_token_env"),
        ('client_id_env = "A"\nclient_secret_env = "B"', "an OAuth client has no conversations of its own"),
        ('access_token_env = "TOKEN"', None),
    ],
)
def test_a_users_own_conversations_need_the_users_token(credentials: str, words: str | None) -> None:
    text = f'[[upstreams]]\nname = "own"\nprotocol = "agent-user"\nregion = "eu_west_1"\n{credentials}\n'
    if words is None:
        assert names_of(settings_of(text).upstreams[0]) == ("inbox:own",)
    else:
        with pytest.raises(SettingsError, match=words):
            settings_of(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"relay\.toml: No such file"):
        read(tmp_path / "relay.toml")
    (tmp_path / "relay.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"relay\.toml: it is not UTF-8"):
        read(tmp_path / "relay.toml")
    (tmp_path / "relay.toml").write_text("a = 1")
    with pytest.raises(SettingsError, match=r"relay\.toml: a: there is no such setting"):
        read(tmp_path / "relay.toml")


def test_where_health_and_figures_are_told() -> None:
    def listen(words: str) -> Listen | None:
        return settings_of(RELAY_TOML + f'[metrics]\nlisten = "{words}"\n').metrics.address

    assert settings_of(RELAY_TOML).metrics.address == Listen("127.0.0.1", 9464), (
        "by default nobody else sees them"
    )
    assert listen("[::1]:0") == Listen("::1", 0)
    assert listen("") is None


def test_a_place_covers_an_inbox_with_its_conversations_or_one_of_them() -> None:
    covers = covering(settings_of(RELAY_TOML).upstreams)
    assert covers("support") == ("inbox:support", "support/*")
    assert covers("support/c-9") == ("support/c-9",)
    assert covers("vip") == ("c-1", "c-2")
    assert covers("c-1") == ("c-1",)
    assert covers("*") == ("*",)
    assert covers("support/c-9*") == covers("support/") == covers("vip/c-1") == covers("") == ()
