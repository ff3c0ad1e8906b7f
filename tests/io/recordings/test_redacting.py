"""Files that can be sent: nothing of what opens a door is left in them, and they still replay."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._io.recordings.foreign import read_foreign
from ipygenesys._io.recordings.redacting import redact_file
from ipygenesys._recordings.coding import NoRecording, line_of
from ipygenesys._recordings.masking import MASK, Masks
from ipygenesys.commands.cli import main
from tests.io.recordings.test_foreign import FORMS, REAL, messages_of
from tests.recordings.foreign import captures
from tests.recordings.foreign.captures import TEXTS, URL, entry, har, iso, message, ours

SECRETS = (
    captures.TOKEN,
    "c00k1e-value",
    "FAKE.JWT.value",
    "FAKE-COOKIE",
    "FAKE-VISITOR",
    "0000fakea",
    "FAKE.JWT",
)


def redacted(data: bytes, folder: Path, name: str = "x.har") -> bytes:
    source, target = folder / name, folder / f"safe-{name}"
    source.write_bytes(data)
    redact_file(source, target)
    found = target.read_bytes()
    return gzip.decompress(found) if name.endswith(".gz") else found


@pytest.mark.parametrize("name", FORMS)
def test_no_secret_is_left_and_the_conversation_is(tmp_path: Path, name: str) -> None:
    safe = redacted(FORMS[name](), tmp_path, name)

    assert not [secret for secret in SECRETS if secret.encode() in safe]
    assert [m.text for m in messages_of(list(read_foreign(tmp_path / f"safe-{name}")))] == TEXTS
    assert list(tmp_path.glob("*.part")) == []


def test_side_files_are_taken_in(tmp_path: Path) -> None:
    for name, data in captures.attached().items():
        (tmp_path / name).write_bytes(data)
    redact_file(tmp_path / "recording.har", tmp_path / "safe.har")
    for name in captures.attached():
        (tmp_path / name).unlink()

    assert captures.TOKEN.encode() not in (tmp_path / "safe.har").read_bytes()
    assert [m.text for m in messages_of(list(read_foreign(tmp_path / "safe.har")))] == TEXTS


def test_a_secret_is_masked_before_it_was_told_too(tmp_path: Path) -> None:
    early = {**captures.history(0.0), "_initiator": {"url": f"https://x/#{captures.TOKEN}"}}
    safe = redacted(har(early, entry(URL, iso(0.05), [message(ours(0.1, action="x"))])), tmp_path)

    assert captures.TOKEN.encode() not in safe


def test_headers_cookies_queries_bodies_and_packed_texts(tmp_path: Path) -> None:
    packed = base64.b64encode(json.dumps({"token": "in-a-packed-b0dy"}).encode()).decode()
    found: dict[str, Any] = {
        **entry(URL + "&jwt=in-the-query-1", iso(0.0), []),
        "request": {
            "method": "POST",
            "url": URL + "&jwt=in-the-query-1",
            "headers": [
                {"name": "authorization", "value": "Basic YWxhZGRpbjpvcGVu"},
                {"name": "X-Api-Key", "value": "k3y-of-the-house"},
                {"name": "Accept", "value": "text/html"},
            ],
            "queryString": [{"name": "jwt", "value": "in-the-query-1"}],
            "cookies": [{"name": "a", "value": "in-a-c00kie", "path": "/"}, 7],
            "postData": {"text": json.dumps({"refreshToken": "in-the-b0dy-99"})},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Set-Cookie", "value": "sid=set-by-server-5; Path=/; HttpOnly"}],
            "content": {"text": packed, "encoding": "base64"},
        },
    }
    frame = message(("receive", 1, base64.b64encode(b'{"token":"in-byt3s-of-a-frame"}').decode(), 2))
    bytes_ = message(("receive", 1, "//4ACg0=", 2))
    late = "the words set-by-server-5 stand here"
    safe = json.loads(
        redacted(har({**found, "_webSocketMessages": [frame, bytes_], "comment": late}), tmp_path)
    )
    (clean,) = safe["log"]["entries"]
    text = json.dumps(clean)

    for secret in (
        "in-the-query-1",
        "YWxhZGRpbjpvcGVu",
        "k3y-of-the-house",
        "in-a-c00kie",
        "in-the-b0dy-99",
        "set-by-server-5",
    ):
        assert secret not in text
    assert json.loads(base64.b64decode(clean["response"]["content"]["text"])) == {"token": MASK}
    assert json.loads(base64.b64decode(clean["_webSocketMessages"][0]["data"])) == {"token": MASK}
    assert clean["_webSocketMessages"][1]["data"] == "//4ACg0="
    assert clean["comment"] == f"the words {MASK} stand here"
    assert {"name": "Accept", "value": "text/html"} in clean["request"]["headers"]
    assert [each if each == 7 else each["path"] for each in clean["request"]["cookies"]] == ["/", 7]


def test_who_the_guest_is_to_the_page_is_masked(tmp_path: Path) -> None:
    journey = {
        "customer": {"id": "cust-0815-4711", "idType": "cookie"},
        "customerSession": {"id": "sess-0815"},
    }
    frame = ours(0.1, action="configureSession", deploymentId=captures.DEPLOYMENT, journeyContext=journey)
    safe = redacted(har(entry(URL, iso(0), [message(frame)])), tmp_path)

    assert b"cust-0815-4711" not in safe and b"sess-0815" not in safe
    assert captures.DEPLOYMENT.encode() in safe


def test_a_word_is_no_secret_though_a_cookie_has_it(tmp_path: Path) -> None:
    socket = entry(URL, iso(0), [message(ours(0.1, action="x", message="a darkmode for customers"))])
    socket["request"]["headers"] = [{"name": "Cookie", "value": "theme=darkmode; role=customers"}]
    safe = redacted(har(socket), tmp_path)

    assert b"a darkmode for customers" in safe and b"theme=darkmode" not in safe


def test_a_recording_of_ours_and_other_lines_keep_their_lines(tmp_path: Path) -> None:
    source = tmp_path / "x.har"
    source.write_bytes(captures.chrome())
    lines = [line_of(each, Masks()) for each in read_foreign(source)]
    data = (
        b"".join(lines)
        + b"torn"
        + json.dumps({"token": "a-l0ng-secret-1"}).encode()
        + b'\n{"jwt": "a-l0ng-secret-2"}\n'
    )
    safe = redacted(data, tmp_path, "talk.jsonl.gz").splitlines()

    assert len(safe) == len(lines) + 1
    assert json.loads(safe[0])["kind"] == "header"
    assert json.loads(safe[-1]) == {"jwt": MASK}


def test_other_json_is_masked_as_one(tmp_path: Path) -> None:
    safe = redacted(
        json.dumps({"access_token": "a-l0ng-secret-1", "list": [1, None, "words"]}, indent=1).encode(),
        tmp_path,
        "x.json",
    )

    assert json.loads(safe) == {"access_token": MASK, "list": [1, None, "words"]}


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\xff", b'{"log": {"entries": [', b'{"a": '])
def test_what_is_no_json_is_refused_and_nothing_is_written(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(NoRecording):
        redact_file(tmp_path / "x", tmp_path / "y")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"[" * 400 + b'"x"' + b"]" * 400)

    try:
        redact_file(tmp_path / "x", tmp_path / "y")
    except NoRecording:
        assert not (tmp_path / "y").exists()
    else:
        assert (tmp_path / "y").read_bytes().count(b"[") == 400


def test_the_file_itself_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.har"
    path.write_bytes(captures.chrome())

    with pytest.raises(NoRecording, match="stays as it is"):
        redact_file(path, path)
    assert path.read_bytes() == captures.chrome()


@pytest.mark.parametrize(
    "path",
    [path for path in REAL if path.is_file() and path.suffix not in (".flow", ".pcap")],
    ids=lambda path: path.name,
)
def test_no_secret_is_left_in_what_the_tools_really_write(tmp_path: Path, path: Path) -> None:
    target = tmp_path / path.name
    redact_file(path, target)
    data = target.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data

    assert not [secret for secret in SECRETS if secret.encode() in data]


def test_the_command_writes_beside_the_file_and_says_what_it_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.har").write_bytes(captures.chrome())
    (tmp_path / "y.jsonl.gz").write_bytes(gzip.compress(captures.devtools()))

    assert main(["redact", str(tmp_path / "x.har")]) == 0
    assert main(["redact", str(tmp_path / "y.jsonl.gz")]) == 0
    said = capsys.readouterr().out

    assert "values masked. Texts and names are still in it" in said
    assert captures.TOKEN.encode() not in (tmp_path / "x.redacted.har").read_bytes()
    assert b"action" in gzip.decompress((tmp_path / "y.redacted.jsonl.gz").read_bytes())


def test_the_command_says_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_bytes(b"hello")

    assert main(["redact", str(tmp_path / "x"), "-o", str(tmp_path / "y")]) == 1
    assert main(["redact", str(tmp_path / "nothing")]) == 1
    assert "neither JSON nor lines of JSON" in capsys.readouterr().err
