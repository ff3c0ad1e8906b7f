"""Secrets are found by name, by place and by themselves; everything else stays as it was."""

from __future__ import annotations

import json
import random

import pytest

from ipygenesys._recordings.masking import MASK, MAX_KNOWN, Masks

SECRET = "s3cr3t-of-somebody"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJndWVzdCJ9.c2lnbmF0dXJl"


def masked(text: str) -> str:
    """Masked once; twice is the same."""
    once = Masks().masked(text)
    assert Masks().masked(once) == once
    return once


@pytest.mark.parametrize(
    "name",
    [
        "token", "jwt", "accessToken", "access_token", "refreshToken", "refresh_token", "idToken", "sessionToken",
        "client_secret", "clientSecret", "password", "Authorization", "authCode", "codeVerifier", "nonce", "TOKEN",
    ],
)  # fmt: skip
@pytest.mark.parametrize("secret", [SECRET, 'with"quotes\\and more', JWT])
def test_fields_that_hold_secrets_are_masked_however_deep_they_lie(name: str, secret: str) -> None:
    said: object = {"before": "kept", name: secret, "after": "kept too"}
    for _ in range(3):
        shown = masked(json.dumps(said))
        for _ in range(3):
            found = json.loads(shown)
            if name in found:
                break
            shown = found["inner"]
        assert found == {"before": "kept", name: MASK, "after": "kept too"}
        said = {"inner": json.dumps(said), "next": 1}


@pytest.mark.parametrize(
    "said",
    [
        {"token": "", "jwt": None, "secret": 1},
        {"tokenType": "bearer", "text": "the token is lost, and so is the password"},
        {"code": "too.many.requests.retry.after"},
        {"code": 200, "key": "value", "url": "https://example.com/page?id=1&lang=de"},
        {"path": "/api/v2/notifications/channels", "channel": {"messageId": "abcdefgh"}},
    ],
)
def test_what_is_no_secret_stays(said: dict[str, object]) -> None:
    assert json.loads(masked(json.dumps(said))) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Bearer {SECRET}", f"Bearer {MASK}"),
        (
            f"wss://streaming.example/channels/streaming-5-{SECRET}",
            f"wss://streaming.example/channels/{MASK}",
        ),
        (f"/channels/{SECRET}/subscriptions", f"/channels/{MASK}/subscriptions"),
        (f"https://a.example/f?X-Amz-Signature={SECRET}&X-Amz-Date=1", f"https://a.example/f?{MASK}"),
        (f"https://a.example/f?n=1&sig={SECRET} is here", f"https://a.example/f?{MASK} is here"),
        (
            f'{{"url":"https://a.example/f?n=1\\u0026token={SECRET}","x":1}}',
            f'{{"url":"https://a.example/f?{MASK}","x":1}}',
        ),
        (f"https://me.example/back?code={SECRET}&state=1", f"https://me.example/back?{MASK}"),
        (f"it was {JWT}.", f"it was {MASK}."),
        ('{"data":{"code":"0123456789abcdef01234567"}}', f'{{"data":{{"code":"{MASK}"}}}}'),
    ],
)
def test_what_opens_something_is_masked_where_it_stands(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_what_was_found_once_is_masked_everywhere() -> None:
    masks = Masks(["known-from-the-start"])
    assert masks.masked(json.dumps({"token": SECRET})) == json.dumps({"token": MASK})
    assert masks.masked(f"you said {SECRET} and known-from-the-start") == f"you said {MASK} and {MASK}"


def test_a_short_secret_is_masked_in_its_place_alone() -> None:
    masks = Masks()
    assert masks.masked('{"token":"the"}') == '{"token":"***"}'
    assert masks.masked("the cat") == "the cat"


def test_many_lines_come_out_as_each_by_itself() -> None:
    secrets = [
        {"token": SECRET}, {"auth_CODE": SECRET}, {"code": "0123456789abcdef01234567"}, {"text": f"it was {JWT}"},
        {"url": f"https://a.example/f?=1&sig={SECRET}"}, {"url": f"/channels/{SECRET}2/x"}, {"text": SECRET},
        {"text": "a token is lost, and known-from-the-start"}, {"text": "to kennedy", "code": 200},
    ]  # fmt: skip
    plain = [{"code": number, "text": "What? a=b"} for number in range(5)]
    dice = random.Random(1)
    for _ in range(200):
        lines = [json.dumps(dice.choice([*secrets, *plain])) for _ in range(dice.randrange(1, 20))]
        alone, together = Masks(["known-from-the-start"]), Masks(["known-from-the-start"])
        wanted = "".join(alone.masked(line) + "\n" for line in lines)
        assert together.masked_lines("".join(line + "\n" for line in lines).encode()).decode() == wanted
        encoded = Masks(["known-from-the-start"])
        assert b"".join(encoded.masked_bytes(line.encode()) + b"\n" for line in lines).decode() == wanted


def test_lines_without_a_secret_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    look = Masks._suspects

    def counted(masks: Masks, text: bytes) -> bool:
        looked.append(text)
        return look(masks, text)

    monkeypatch.setattr(Masks, "_suspects", counted)
    lines = b'{"type":"message","code":200,"text":"Your order? It is on its way."}\n' * 100
    assert Masks().masked_lines(lines) is lines
    assert looked == [lines]


def test_only_so_many_are_remembered() -> None:
    masks = Masks(f"secret number {number}" for number in range(MAX_KNOWN + 1))
    assert masks.masked("secret number 0") == "secret number 0"
    assert masks.masked(f"secret number {MAX_KNOWN}") == MASK
    assert "secret number" not in repr(masks)
