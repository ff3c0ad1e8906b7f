"""Reads ``relay.toml``: what is wrong in it is said with its place, and with the word that was likely meant."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._core.relay.rights import Right
from ipygenesys._relay import settings as wanted
from ipygenesys._relay.address import SettingsError, problem_of
from ipygenesys._relay.settings import Settings, TeamSettings, UpstreamSettings

EVERYWHERE = "*"
RIGHTS: tuple[Right, ...] = ("see", "type", "send", "read")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<word>[^`]*)`")
_VALUE = re.compile(r"Invalid value (?P<word>'[^']*')")
_PLACE = re.compile(r" - at `\$\.?(?P<place>.*)`\Z")


def read(path: Path) -> Settings:
    """What the file says, checked.

    Raises:
        SettingsError: it cannot be read, is no TOML, or says what cannot be.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or type(error).__name__}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: it is not UTF-8.") from None
    try:
        return settings_of(text)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def settings_of(text: str) -> Settings:
    """The same of a text.

    Raises:
        SettingsError: as above, without the path.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"this is no TOML: {error}.") from None
    try:
        settings = msgspec.convert(data, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(_in_words(str(error), data)) from None
    for problem in _problems(settings):
        raise SettingsError(problem)
    return settings


def names_of(upstream: UpstreamSettings) -> tuple[str, ...]:
    """What its keys are called by: its conversations, or the inbox."""
    if isinstance(upstream, wanted.AgentQueueSettings | wanted.AgentUserSettings):
        return (inbox_name(upstream.name),)
    if isinstance(upstream, wanted.AgentMessagingSettings | wanted.MessagingEventsSettings):
        return upstream.conversation_ids
    return (upstream.conversation_id,)


# --- what msgspec says, in words ---------------------------------------------------------------------------


def _in_words(said: str, data: dict[str, Any]) -> str:
    """Its sentence with the place first, in the file's own notation, and the nearest right word."""
    match = _PLACE.search(said)
    place = match["place"] if match else ""
    words = said[: match.start()] if match else said
    if unknown := _UNKNOWN.match(words):
        known = _fields_at(place, data)
        whole = f"{place}.{unknown['word']}" if place else unknown["word"]
        return f"{whole}: there is no such setting{_meant(unknown['word'], known)}. Known here: {', '.join(known)}."
    if value := _VALUE.match(words):
        word = value["word"].strip("'")
        known = _protocols() if place.endswith(".protocol") else []
        return f"{place}: {word!r} is none of them{_meant(word, known)}. Known: {', '.join(known)}."
    if "matching regex" in words:
        return f"{place}: {_shape_of(place)}."
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", words):
        return f"{place + ': ' if place else ''}{missing[1]} is missing."
    return f"{place}: {words[0].lower()}{words[1:].replace('`', '')}." if place else f"{words}."


def _shape_of(place: str) -> str:
    if place.endswith("_env"):
        return "the name of an environment variable is meant, in capitals, such as GENESYS_CLIENT_SECRET"
    return "a name or an id has letters, digits, '_', '-' and '.', and not many of them"


def _fields_at(place: str, data: dict[str, Any]) -> list[str]:
    struct: Any = Settings
    for step in re.findall(r"\w+|\[\d+\]", place):
        if step.startswith("["):
            data = data[int(step[1:-1])]  # type: ignore[index]
            if struct is None:
                struct = next(each for each in _kinds() if _tag(each) == data.get("protocol"))
            continue
        data = data[step]
        struct = _SECTIONS.get(step)
    return [*(["protocol"] if struct in _kinds() else []), *struct.__struct_fields__]


_SECTIONS: dict[str, Any] = {
    "redis": wanted.RedisSettings,
    "streams": wanted.StreamSettings,
    "metrics": wanted.MetricsSettings,
    "identities": wanted.IdentitySettings,
    "signed": wanted.SignedSettings,
    "jupyterhub": wanted.HubSettings,
    "teams": TeamSettings,
    "upstreams": None,
}


def _kinds() -> Sequence[Any]:
    kinds: Sequence[Any] = UpstreamSettings.__args__
    return kinds


def _tag(kind: Any) -> Any:
    return kind.__struct_config__.tag


def _protocols() -> list[str]:
    return [_tag(kind) for kind in _kinds()]


def _meant(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


# --- what no type can say ----------------------------------------------------------------------------------


def _problems(settings: Settings) -> Iterator[str]:
    redis, identities = settings.redis, settings.identities
    if redis.url is not None and redis.url_env is not None:
        yield "redis: url and url_env are both there; one of them is enough."
    if redis.url is not None:
        if problem := problem_of(redis.url):
            yield f"redis.url: {problem}"
        elif urlsplit(redis.url).password:
            yield "redis.url: it holds a password: name a variable that holds it by password_env."
    try:
        _ = settings.metrics.address
    except ValueError:
        yield "metrics.listen: it must look like 127.0.0.1:9464 or [::1]:9464, or be empty for none."
    yield from _twice("upstreams", "name", [each.name for each in settings.upstreams])
    names = [name for each in settings.upstreams for name in names_of(each)]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"upstreams: the conversation {name!r} is there {count} times."
    yield from _twice("teams", "name", [team.name for team in settings.teams])
    for number, upstream in enumerate(settings.upstreams):
        yield from _of_credentials(f"upstreams[{number}]", upstream)
    for number, team in enumerate(settings.teams):
        place = f"teams[{number}]"
        if not (team.users or team.groups or team.password_env):
            yield f"{place}: nobody is in it: give users, groups or password_env."
        if team.users and not (identities.signed or identities.jupyterhub):
            yield f"{place}.users: nothing proves who they are: add [identities.signed] or [identities.jupyterhub]."
        if team.groups and not identities.jupyterhub:
            yield f"{place}.groups: only JupyterHub knows groups: add [identities.jupyterhub]."
        yield from _of_places(place, team, settings.upstreams)


def _twice(section: str, key: str, names: Sequence[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{section}: {count} of them have the {key} {name!r}."


def _of_credentials(place: str, upstream: UpstreamSettings) -> Iterator[str]:
    if isinstance(upstream, wanted.WebMessagingSettings | wanted.ReplaySettings):
        return
    client = (upstream.client_id_env, upstream.client_secret_env)
    if any(client) != all(client):
        yield f"{place}: client_id_env and client_secret_env belong together."
    if any(client) == (upstream.access_token_env is not None):
        yield f"{place}: give either client_id_env and client_secret_env, or access_token_env."
    if any(client) and isinstance(upstream, wanted.AgentUserSettings):
        yield f"{place}: an OAuth client has no conversations of its own: give access_token_env, of a user's token."


def _of_places(place: str, team: TeamSettings, upstreams: Sequence[UpstreamSettings]) -> Iterator[str]:
    covers = covering(upstreams)
    names = [name for each in upstreams for name in (each.name, *names_of(each))]
    known = [each for each in dict.fromkeys([EVERYWHERE, *names]) if not each.startswith("inbox:")]
    for right in RIGHTS:
        for where in getattr(team, right):
            if not covers(where):
                yield f"{place}.{right}: there is no upstream {where!r}{_meant(where, known)}. Known: {', '.join(known)}."
            if not ({where, where.partition("/")[0], EVERYWHERE} & set(team.see)):
                yield f"{place}.{right}: it may not see {where!r}, so that it can do nothing there; add it to see."


def covering(upstreams: Sequence[UpstreamSettings]) -> Callable[[str], tuple[str, ...]]:
    """Of a place in rights: the names that it covers, as they stand in keys; ``*`` stands for any conversation."""
    named: dict[str, tuple[str, ...]] = {EVERYWHERE: (EVERYWHERE,)}
    inboxes = set()
    for upstream in upstreams:
        names = names_of(upstream)
        if names == (inbox_name(upstream.name),):
            inboxes.add(upstream.name)
            names = (*names, f"{upstream.name}/*")
        else:
            named.update((name, (name,)) for name in names)
        named[upstream.name] = names

    def covers(where: str) -> tuple[str, ...]:
        inbox, _, conversation = where.partition("/")
        if inbox in inboxes and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}", conversation):
            return (where,)
        return named.get(where, ())

    return covers
