"""The guest's protocol without a network: every flow step by step, every frame, and whatever else may arrive."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipygenesys import GuestAuth, WebMessaging
from ipygenesys._core.model.content import (
    Answer,
    Button,
    Card,
    Carousel,
    Content,
    FormEntry,
    QuickReplies,
    QuickReply,
    Unsupported,
)
from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.operations import (
    CheckHealth,
    ClearConversation,
    EndConversation,
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    UNNAMED,
    Answered,
    CapabilitiesLearned,
    ConversationChanged,
    ConversationCleared,
    ConversationEnded,
    FrameIgnored,
    History,
    MessageArrived,
    MoveRequested,
    PlatformEvent,
    PresenceChanged,
    SessionExpired,
    SessionLifeLearned,
    TypingNoticed,
    TypingRefused,
)
from ipygenesys._protocols import tolerant
from ipygenesys._protocols.flow import (
    CANCELLED,
    AwaitAnswer,
    CallError,
    Commit,
    Exchange,
    Expect,
    GetTime,
    NewId,
    OpenSocket,
    Request,
    SendFrame,
    Upload,
)
from ipygenesys._wire import web_messaging as wire

DEPLOYMENT = "deployment-1"
TOKEN = "session-token-that-nobody-sees"
NOW_S = 1_800_000_000.0
DRAFT = "00000000-0000-4000-8000-000000000001"
TIME = "2026-11-22T10:00:00.000Z"
TIME_MS = 1_795_341_600_000
MALFORMED = (FrameIgnored("malformed"),)
UNKNOWN = (FrameIgnored("unknown_event"),)
PNG = OutgoingFile(path="a.png", name="a.png", media_type="image/png", size_bytes=123)

PLATFORM_EVENTS = (
    MoveRequested,
    Answered,
    CapabilitiesLearned,
    ConversationChanged,
    ConversationCleared,
    ConversationEnded,
    FrameIgnored,
    MessageArrived,
    PresenceChanged,
    SessionExpired,
    SessionLifeLearned,
    TypingNoticed,
    TypingRefused,
)


def guest(**changes: Any) -> WebMessaging:
    options: dict[str, Any] = {"region": "us_east_1", "deployment_id": DEPLOYMENT, "session_token": TOKEN}
    return WebMessaging(**{**options, **changes})


def config(status: str = "Active", auth: bool = False, **app: Any) -> dict[str, Any]:
    """The example of genesys.md 1.1."""
    conversations = {
        "messagingEndpoint": "wss://webmessaging.mypurecloud.com",
        "showAgentTypingIndicator": True,
        "showUserTypingIndicator": True,
        "autoStart": {"enabled": False},
        "conversationClear": {"enabled": True},
        "conversationDisconnect": {"enabled": True, "type": "ReadOnly"},
        "markdown": {"enabled": False},
        "humanize": {"enabled": False},
        "notifications": {"enabled": False},
        **app,
    }
    return {
        "id": DEPLOYMENT,
        "version": "3",
        "languages": ["en-us"],
        "defaultLanguage": "en-us",
        "apiEndpoint": "https://api.mypurecloud.com",
        "messenger": {
            "enabled": True,
            "apps": {"conversations": conversations},
            "styles": {"primaryColor": "#0d6efd"},
            "launcherButton": {"visibility": "On"},
            "fileUpload": {"modes": [{"fileTypes": ["image/png"], "maxFileSizeKB": 10240}]},
        },
        "journeyEvents": {"enabled": False},
        "status": status,
        "auth": {"enabled": auth, "allowSessionUpgrade": False},
    }


def session_response(**changes: Any) -> dict[str, Any]:
    return {
        "connected": True,
        "newSession": True,
        "readOnly": False,
        "clearedExistingSession": False,
        "maxCustomDataBytes": 2048,
        "durationSeconds": 259200,
        "expirationDate": int(NOW_S) + 1000,
        "autoStarted": False,
        "allowedMedia": {"inbound": {"fileTypes": [{"type": "image/*"}], "maxFileSizeKB": 10}},
        "blockedExtensions": [".exe"],
        **changes,
    }


def frame(kind: str, body: Any, *, code: int = 200, tracing_id: str | None = None) -> bytes:
    envelope = {"type": "response", "class": kind, "code": code, "body": body}
    return json.dumps(envelope | ({"tracingId": tracing_id} if tracing_id else {})).encode()


def text_body(id_: str = "a" * 32, *, direction: str = "Outbound", **changes: Any) -> dict[str, Any]:
    sender = {"from": {"nickname": "Ann", "image": "https://…"}} if direction == "Outbound" else {}
    return {
        "id": id_,
        "type": "Text",
        "text": "Hello",
        "direction": direction,
        "originatingEntity": "Human",
        "channel": {"time": TIME, "type": "Private", **sender},
        "metadata": {"correlationId": "c"},
        **changes,
    }


def event_body(*events: Any, direction: str = "Outbound", **changes: Any) -> dict[str, Any]:
    return {
        "id": "e" * 32,
        "type": "Event",
        "direction": direction,
        "channel": {"time": TIME, "messageId": "m"},
        "metadata": {"correlationId": "c"},
        "events": list(events),
        **changes,
    }


def decode(data: bytes | str, adapter: WebMessaging | None = None) -> tuple[PlatformEvent, ...]:
    return (adapter or guest()).decode_frame(data)


class Server:
    """Answers a flow's steps as the server would; what it does not know, a test has to say."""

    def __init__(self, **answers: Any) -> None:
        self.steps: list[Any] = []
        self.answers: dict[str, Any] = {
            "config": config(),
            "configureSession": ("SessionResponse", session_response()),
            "configureAuthenticatedSession": ("SessionResponse", session_response()),
            "getJwt": ("JwtResponse", {"jwt": "jwt-1", "exp": NOW_S + 900}),
            "echo": ("StructuredMessage", {}),
            "closeSession": ("SessionResponse", session_response(connected=False)),
            **answers,
        }
        self._ids = 0

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What the guest has said."""
        return [json.loads(step.frame) for step in self.steps if isinstance(step, Exchange | SendFrame)]

    @property
    def requests(self) -> list[Request]:
        return [step for step in self.steps if isinstance(step, Request)]

    def run(self, flow: Generator[Any, Any, Any]) -> Any:
        """Run a flow to its result; failures are raised as the shell would raise them."""
        try:
            step = next(flow)
            while True:
                self.steps.append(step)
                try:
                    answer = self._answer(step)
                except CallError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            return end.value

    def _answer(self, step: Any) -> Any:
        match step:
            case NewId():
                self._ids += 1
                return f"id-{self._ids}"
            case GetTime():
                return NOW_S
            case Request():
                return json.dumps(self._said(self._name(step), step)).encode()
            case Exchange():
                kind, body = self._said(json.loads(step.frame)["action"], step)
                return frame(kind, body, tracing_id=step.tracing_id)
            case Upload():
                return self._said("upload", step)
            case AwaitAnswer():
                return self._said("uploaded", step)
            case OpenSocket():
                return self._said("socket", step) if "socket" in self.answers else None
            case _:
                return None

    def _name(self, request: Request) -> str:
        if request.path.endswith("config.json"):
            return "config"
        return request.path.rpartition("/")[2]

    def _said(self, name: str, step: Any) -> Any:
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Failure):
            raise CallError(answer)
        return answer(step) if callable(answer) else answer


def opened(adapter: WebMessaging | None = None, **answers: Any) -> tuple[WebMessaging, Server, Any]:
    """A guest whose stream is open, the server, and what was learned on the way."""
    adapter = adapter or guest()
    server = Server(**answers)
    learned = server.run(adapter.open_stream())
    return adapter, server, learned


def echoed(step: Exchange) -> tuple[str, dict[str, Any]]:
    message = json.loads(step.frame)["message"]
    return "StructuredMessage", text_body(direction="Inbound", text=message.get("text"))


def posted(adapter: WebMessaging, post: PostMessage, **answers: Any) -> tuple[Server, MessageArrived]:
    server = Server(**{"onMessage": echoed, **answers})
    return server, server.run(adapter.perform(post))


def failure_of(run: Callable[[], Any]) -> Failure:
    with pytest.raises(CallError) as caught:
        run()
    return caught.value.failure


# --- what it is given -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deployment_id": ""}, "deployment_id must not be empty"),
        ({"deployment_id": ".."}, "deployment_id must not be empty"),
        ({"region": "moon"}, "Unknown region"),
        ({"domain": "mypurecloud.ie"}, "exactly one of"),
        ({"session_token": " "}, "must not be empty"),
        ({"origin": "https://a\r\nX: y"}, "origin must look like"),
        ({"custom_attributes": {"plan": "x" * 2048}}, "larger than 2048 bytes"),
        ({"custom_attributes": {"plan": "ö" * 1024}}, "larger than 2048 bytes"),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        guest(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deployment_id": 1}, "deployment_id must be a str, not int"),
        ({"auth": "code"}, "auth must be a GuestAuth, not str"),
        ({"custom_attributes": {"plan": 1}}, "must map str to str"),
    ],
)
def test_what_is_of_the_wrong_type_is_refused_at_once(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        guest(**changes)


def test_attributes_of_exactly_2048_bytes_are_fine() -> None:
    guest(custom_attributes={"plan": "x" * (2048 - len('{"plan":""}'))})


def test_nothing_shows_the_session_token() -> None:
    adapter, server, _ = opened(custom_attributes_guest())

    shown = repr((adapter, adapter.profile, adapter._session, server.steps, vars(adapter)))
    assert TOKEN not in shown
    assert adapter.session_token is not None
    assert adapter.session_token.reveal() == TOKEN


def custom_attributes_guest() -> WebMessaging:
    return guest(custom_attributes={"plan": "gold"})


def test_a_guest_needs_no_oauth_and_types_no_off() -> None:
    adapter = guest()

    assert adapter.credentials is None
    assert adapter.scopes == ()
    assert adapter.title == ""
    assert adapter.endpoints.rest_url == "https://api.mypurecloud.com"
    profile = adapter.profile
    assert not profile.is_send_idempotent
    assert not profile.typing_rules.has_off
    assert profile.max_sends_per_s == 5
    assert "send_read" not in profile.capabilities


def test_a_read_position_is_kept_by_session_and_its_name_gives_nothing_away() -> None:
    key = guest().profile.conversation_key

    assert key is not None and TOKEN not in key
    assert guest().profile.conversation_key == key
    assert guest(session_token="another").profile.conversation_key != key
    assert guest(session_token=None).profile.conversation_key is None


# --- opening ----------------------------------------------------------------------------------------------


def test_a_stream_opens_with_the_config_then_the_socket_then_the_session() -> None:
    adapter, server, learned = opened()

    kinds = [type(step) for step in server.steps]
    assert kinds == [Request, OpenSocket, GetTime, NewId, Exchange]
    request, socket = server.steps[:2]
    assert request.base_url == "https://api-cdn.mypurecloud.com"
    assert request.path == f"/webdeployments/v1/deployments/{DEPLOYMENT}/config.json"
    assert request.is_public
    assert socket.url == f"wss://webmessaging.mypurecloud.com/v1?deploymentId={DEPLOYMENT}"
    assert socket.headers == {"Origin": "https://webmessaging.mypurecloud.com"}
    assert server.frames == [
        {
            "action": "configureSession",
            "token": TOKEN,
            "deploymentId": DEPLOYMENT,
            "startNew": False,
            "tracingId": "id-1",
        }
    ]
    profile = adapter.profile
    assert profile.uploads is not None and profile.uploads.blocked_extensions == (".exe",)
    assert learned == (
        CapabilitiesLearned(profile.capabilities, profile.uploads),
        SessionLifeLearned(259200.0),
    )


def test_a_base_url_stands_for_all_hosts() -> None:
    _, server, _ = opened(guest(region=None, base_url="http://127.0.0.1:8080", origin="https://shop.example"))

    assert server.requests[0].base_url == "http://127.0.0.1:8080"
    socket = server.steps[1]
    assert socket.url == f"ws://127.0.0.1:8080/v1?deploymentId={DEPLOYMENT}"
    assert socket.headers == {"Origin": "https://shop.example"}


def test_an_odd_deployment_id_stays_one_segment_of_the_path() -> None:
    _, server, _ = opened(guest(deployment_id="a/../b?c&d"))

    assert server.requests[0].path == "/webdeployments/v1/deployments/a%2F..%2Fb%3Fc%26d/config.json"
    assert server.steps[1].url.endswith("/v1?deploymentId=a%2F..%2Fb%3Fc%26d")


def test_a_token_is_made_with_the_first_connection_and_kept() -> None:
    adapter, _, _ = opened(guest(session_token=None))
    assert adapter.session_token is not None
    first = adapter.session_token.reveal()

    _, server, _ = opened(adapter)

    assert first == "id-1"
    assert server.frames[0]["token"] == first


@pytest.mark.parametrize(
    ("app", "lacks"),
    [
        ({"showUserTypingIndicator": False}, "send_typing"),
        ({"showAgentTypingIndicator": False}, "receive_typing"),
    ],
)
def test_what_the_deployment_has_switched_off_is_not_there(app: dict[str, Any], lacks: str) -> None:
    _, _, learned = opened(config=config(**app))

    assert learned[0].capabilities == guest().profile.capabilities - {lacks}


def test_what_agents_write_is_markdown_where_the_deployment_says_so() -> None:
    _, _, learned = opened(config=config(markdown={"enabled": True}))

    assert learned[0].capabilities == guest().profile.capabilities | {"markdown"}


def test_toggles_that_are_not_there_are_off() -> None:
    bare = {"messenger": {}, "status": "Active"}
    nothing = {"allowedMedia": None}
    _, _, learned = opened(config=bare, configureSession=("SessionResponse", session_response(**nothing)))

    assert learned[0].capabilities == {"send", "history"}


ODD_CONFIGS = [
    {**config(), "version": 3},
    config(markdown=None, autoStart={"enabled": None}, humanize=7),
    {**config(), "languages": None, "auth": None, "journeyEvents": []},
    {**config(), "languages": "en-us", "defaultLanguage": 7, "apiEndpoint": {}},
]


@pytest.mark.parametrize("odd", ODD_CONFIGS)
def test_one_odd_field_of_a_config_costs_nothing_else(odd: Any) -> None:
    _, _, learned = opened(config=odd)

    assert learned[0].capabilities == guest().profile.capabilities


@pytest.mark.parametrize(
    "odd",
    [
        {"autoStarted": 1},
        {"maxCustomDataBytes": "2048"},
        {"blockedExtensions": None},
        {"expirationDate": "x"},
    ],
)
def test_one_odd_field_of_a_session_response_costs_nothing_else(odd: dict[str, Any]) -> None:
    adapter, _, _ = opened(configureSession=("SessionResponse", session_response(readOnly=True, **odd)))

    assert adapter._session.over is not None
    assert adapter.profile.uploads is not None


@pytest.mark.parametrize(
    ("switch", "media", "types"),
    [
        (None, {"allowedMedia": None}, ("image/png",)),
        (True, {"allowedMedia": None}, ()),
        (True, {}, ("image/*",)),
        (False, {}, ()),
    ],
)
def test_whether_files_may_come_is_the_deployments_switch_and_which_is_the_sessions(
    switch: Any, media: dict[str, Any], types: tuple[str, ...]
) -> None:
    deployment = config()
    deployment["messenger"]["fileUpload"]["enableAttachments"] = switch
    _, _, learned = opened(config=deployment, configureSession=("SessionResponse", session_response(**media)))

    assert (learned[0].uploads.types if learned[0].uploads else ()) == types
    assert ("attachments" in learned[0].capabilities) == bool(types)


def test_no_uploads_is_what_the_session_says_not_what_the_config_says() -> None:
    nothing = {"allowedMedia": {"inbound": {"fileTypes": [], "maxFileSizeKB": 0}}}
    _, _, learned = opened(configureSession=("SessionResponse", session_response(**nothing)))

    assert "attachments" not in learned[0].capabilities


@pytest.mark.parametrize(
    ("answer", "remaining_s"),
    [
        ({"newSession": False}, 1000.0),
        ({"newSession": False, "expirationDate": int(NOW_S) - 5}, 0.0),
        ({"newSession": False, "expirationDate": 10**15}, 259200.0),
        ({"newSession": False, "expirationDate": None}, 259200.0),
        ({"newSession": True, "expirationDate": 0}, 259200.0),
    ],
)
def test_how_long_the_session_lasts_is_learned(answer: dict[str, Any], remaining_s: float) -> None:
    _, _, learned = opened(configureSession=("SessionResponse", session_response(**answer)))

    assert learned[1] == SessionLifeLearned(remaining_s)


@pytest.mark.parametrize("duration", [None, 0, -1, 10**12])
def test_a_session_that_does_not_say_how_long_it_lasts_has_no_end(duration: int | None) -> None:
    answer = session_response(durationSeconds=duration)
    _, _, learned = opened(configureSession=("SessionResponse", answer))

    assert len(learned) == 1


def test_the_guest_joins_a_new_session_if_the_deployment_starts_by_itself() -> None:
    start = config(autoStart={"enabled": True})
    _, server, _ = opened(config=start)
    assert server.frames[1]["message"] == {
        "type": "Event",
        "events": [{"eventType": "Presence", "presence": {"type": "Join"}}],
    }

    resumed = ("SessionResponse", session_response(newSession=False))
    _, server, _ = opened(config=start, configureSession=resumed)
    assert len(server.frames) == 1


def test_a_flow_that_starts_by_itself_is_told_the_custom_attributes_at_once() -> None:
    start, told = config(autoStart={"enabled": True}), {"metadata": {"customAttributes": {"plan": "gold"}}}

    adapter, server, _ = opened(guest(custom_attributes={"plan": "gold"}), config=start)

    assert server.frames[1]["message"]["channel"] == told
    # Nobody answers a Join: with the first message they go again.
    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert server.frames[0]["message"]["channel"] == told


def test_attributes_that_a_session_does_not_take_stop_no_flow_that_starts_by_itself() -> None:
    start, small = config(autoStart={"enabled": True}), session_response(maxCustomDataBytes=5)

    _, server, _ = opened(
        guest(custom_attributes={"plan": "gold"}), config=start, configureSession=("SessionResponse", small)
    )

    assert "channel" not in server.frames[1]["message"]


@pytest.mark.parametrize("status", [403, 404])
def test_an_unknown_deployment_is_not_found(status: int) -> None:
    refusal = Failure(kind="permission" if status == 403 else "not_found", message="x", status=status)

    failure = failure_of(lambda: opened(config=refusal))

    assert failure.kind == "not_found"
    assert "Check deployment_id and the region" in failure.message


@pytest.mark.parametrize("off", [config("Inactive"), {"messenger": {"enabled": False}}])
def test_an_inactive_deployment_says_so(off: Any) -> None:
    failure = failure_of(lambda: opened(config=off))

    assert failure.kind == "rejected"
    assert "inactive" in failure.message and "Messenger Deployments" in failure.message
    assert not failure.is_transient


@pytest.mark.parametrize("body", [7, [[]], {}, {"messenger": 1}, "page"])
def test_what_is_no_config_is_a_protocol_failure(body: Any) -> None:
    assert failure_of(lambda: opened(config=body)).kind == "protocol"


def test_while_the_config_cannot_be_had_the_last_one_counts() -> None:
    gone = Failure(kind="unavailable", message="x", status=503)
    assert failure_of(lambda: opened(config=gone)) == gone

    adapter, _, _ = opened()
    _, server, _ = opened(adapter, config=gone)

    assert [type(step) for step in server.steps][1] is OpenSocket


def test_a_refused_origin_and_an_unknown_deployment_are_explained_at_the_handshake() -> None:
    _, server, _ = opened()

    refusals = server.steps[1].refusals
    assert "origin" in refusals[403]
    assert "deployment_id" in refusals[404]


def test_a_session_that_is_not_found_and_one_that_wants_a_login_are_explained() -> None:
    missing = Failure(kind="not_found", message="x", code="4007")
    assert "deployment_id" in failure_of(lambda: opened(configureSession=missing)).message

    login = Failure(kind="authentication", message="x", status=401)
    assert "GuestAuth" in failure_of(lambda: opened(configureSession=login)).message

    fast = Failure(kind="rate_limited", message="x", retry_after_s=3.0)
    assert failure_of(lambda: opened(configureSession=fast)) == fast


@pytest.mark.parametrize("body", ["hello", [], None])
def test_what_is_no_session_response_is_a_protocol_failure(body: Any) -> None:
    failure = failure_of(lambda: opened(configureSession=("SessionResponse", body)))
    assert (failure.kind, failure.is_transient) == ("protocol", False)
    assert "Check the region or the base URL" in failure.message


# --- signing in -------------------------------------------------------------------------------------------

AUTH = GuestAuth("the-code", "https://shop.example/back", "the-verifier")
UNAUTHORISED = Failure(kind="authentication", message="x", status=401)


def test_a_guest_who_signs_in_exchanges_the_code_once() -> None:
    adapter = guest(auth=AUTH)
    tokens = {"jwt": "guest-jwt", "refreshToken": "refresh"}
    _, server, _ = opened(adapter, oauthcodegrantjwtexchange=tokens)

    exchange = server.requests[1]
    assert json.loads(exchange.body or b"") == {
        "deploymentId": DEPLOYMENT,
        "oauth": {
            "code": "the-code",
            "redirectUri": "https://shop.example/back",
            "codeVerifier": "the-verifier",
        },
    }
    assert exchange.base_url == "https://api.mypurecloud.com"
    assert server.frames[0]["action"] == "configureAuthenticatedSession"
    assert server.frames[0]["data"] == {"code": "guest-jwt"}
    _, again, _ = opened(adapter)
    assert len(again.requests) == 1
    for secret in ("the-code", "the-verifier", "guest-jwt", "refresh"):
        assert secret not in repr((AUTH, adapter, vars(adapter._opening), server.steps))


def test_a_guest_leaves_with_action_and_token_and_a_silent_server_is_believed_if_it_is_over() -> None:
    adapter, _, _ = opened()
    server = Server(disconnectCustomer=("string", ""))
    (over,) = server.run(adapter.act(EndConversation()))
    assert isinstance(over, ConversationChanged) and not over.is_open
    assert server.frames == [{"action": "disconnectCustomer", "token": TOKEN, "tracingId": "id-1"}]
    assert failure_of(lambda: Server().run(adapter.act(EndConversation()))).code == "read.only"

    stranger = guest(session_token=None)
    assert failure_of(lambda: Server().run(stranger.act(EndConversation()))).kind == "unreachable"
    silent = Failure(kind="lost", message="x")
    adapter, _, _ = opened()
    assert failure_of(lambda: Server(disconnectCustomer=silent).run(adapter.act(EndConversation()))) == silent

    def over_meanwhile(_: Any) -> Any:
        adapter._session.over = silent
        raise CallError(silent)

    assert Server(disconnectCustomer=over_meanwhile).run(adapter.act(EndConversation()))


@pytest.mark.parametrize(("nonce", "fields"), [("the-nonce", {"nonce": "the-nonce"}), (None, {})])
def test_a_guest_may_sign_in_with_an_id_token(nonce: str | None, fields: dict[str, str]) -> None:
    auth = GuestAuth.from_id_token("the-id-token", nonce)
    _, server, _ = opened(guest(auth=auth), oauthcodegrantjwtexchange={"jwt": "guest-jwt"})

    assert json.loads(server.requests[1].body or b"")["oauth"] == {"idToken": "the-id-token", **fields}
    for secret in ("the-id-token", "the-nonce"):
        assert secret not in repr((auth, server.steps))
    with pytest.raises(ValueError, match="empty"):
        GuestAuth.from_id_token(" ")


def test_a_refused_jwt_is_renewed_three_times_at_most() -> None:
    tokens = {"jwt": "guest-jwt", "refreshToken": "refresh"}
    accepted = ("SessionResponse", session_response())
    _, server, _ = opened(
        guest(auth=AUTH),
        oauthcodegrantjwtexchange=tokens,
        refresh={"jwt": "newer"},
        configureAuthenticatedSession=[UNAUTHORISED, UNAUTHORISED, UNAUTHORISED, accepted],
    )
    assert [frame["data"]["code"] for frame in server.frames] == ["guest-jwt", "newer", "newer", "newer"]

    failure = failure_of(
        lambda: opened(
            guest(auth=AUTH),
            oauthcodegrantjwtexchange=tokens,
            refresh={"jwt": "newer"},
            configureAuthenticatedSession=UNAUTHORISED,
        )
    )
    assert failure.kind == "authentication"


def test_without_a_refresh_token_the_guest_has_to_sign_in_again() -> None:
    failure = failure_of(
        lambda: opened(
            guest(auth=AUTH),
            oauthcodegrantjwtexchange={"jwt": "guest-jwt"},
            configureAuthenticatedSession=UNAUTHORISED,
        )
    )

    assert (failure.kind, "sign in again" in failure.message) == ("authentication", True)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_code_is_not_tried_again(status: int) -> None:
    adapter = guest(auth=GuestAuth("code", "https://shop.example"))
    refusal = Failure(kind="rejected", message="x", status=status, correlation_id="c")

    failure = failure_of(lambda: opened(adapter, oauthcodegrantjwtexchange=refusal))
    assert (failure.kind, failure.correlation_id) == ("authentication", "c")

    server = Server()
    assert failure_of(lambda: server.run(adapter.open_stream())).kind == "authentication"
    assert len(server.requests) == 1


def test_a_code_that_did_not_arrive_is_tried_again() -> None:
    adapter = guest(auth=GuestAuth("code", "https://shop.example"))
    gone = Failure(kind="unreachable", message="x")
    assert failure_of(lambda: opened(adapter, oauthcodegrantjwtexchange=gone)) == gone

    opened(adapter, oauthcodegrantjwtexchange={"jwt": "guest-jwt"})


@pytest.mark.parametrize("tokens", [7, {}, {"jwt": ""}, {"jwt": 1}])
def test_an_answer_without_a_token_is_a_protocol_failure(tokens: Any) -> None:
    adapter = guest(auth=GuestAuth("code", "https://shop.example"))

    assert failure_of(lambda: opened(adapter, oauthcodegrantjwtexchange=tokens)).kind == "protocol"


def test_a_sign_in_without_its_redirect_is_refused() -> None:
    with pytest.raises(ValueError, match="redirect_uri"):
        GuestAuth("code", "")


def test_a_session_that_is_refused_later_is_configured_anew_and_the_message_waits() -> None:
    adapter = guest(auth=GuestAuth("code", "https://shop.example"))
    opened(adapter, oauthcodegrantjwtexchange={"jwt": "guest-jwt"})

    moved, answered = decode(frame("string", "x", code=401, tracing_id=DRAFT), adapter)
    assert moved == MoveRequested()
    assert isinstance(answered, Answered)
    waiting = failure_of(lambda: posted(adapter, PostMessage(DRAFT, "hi"), onMessage=UNAUTHORISED))
    assert waiting.is_transient and not waiting.may_have_been_carried_out

    stranger, _, _ = opened()
    assert len(decode(frame("string", "x", code=401, tracing_id=DRAFT), stranger)) == 1
    failure = failure_of(lambda: posted(stranger, PostMessage(DRAFT, "hi"), onMessage=UNAUTHORISED))
    assert failure == UNAUTHORISED


# --- sending ----------------------------------------------------------------------------------------------


def test_a_message_is_named_by_its_draft_and_its_echo_is_the_answer() -> None:
    adapter, _, _ = opened()

    server, message = posted(adapter, PostMessage(DRAFT, "hi"))

    assert server.frames == [
        {
            "action": "onMessage",
            "token": TOKEN,
            "tracingId": DRAFT,
            "message": {"type": "Text", "text": "hi"},
        }
    ]
    assert (message.id, message.text, message.draft_id, message.role) == ("a" * 32, "hi", DRAFT, "customer")
    assert message.time_ms == TIME_MS


def test_half_an_emoji_goes_out_as_a_question_mark() -> None:
    adapter, _, _ = opened()

    server, _ = posted(adapter, PostMessage(DRAFT, "a\ud83d"))

    assert server.frames[0]["message"]["text"] == "a?"


def test_a_text_that_is_too_long_is_not_sent() -> None:
    adapter, _, _ = opened()
    posted(adapter, PostMessage(DRAFT, "x" * 4096))
    posted(adapter, PostMessage(DRAFT, "é" * 2048))
    server = Server()

    failure = failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "é" * 2048 + "x"))))

    assert (failure.kind, failure.code, server.steps) == ("rejected", "4011", [])
    assert failure.cause == "too_long"
    assert "4097" in failure.message and "4096" in failure.message


def test_a_text_that_the_server_finds_too_long_is_refused_with_its_number() -> None:
    refusal = frame("string", "Message too long. Maximum size: 2048 bytes", code=4011, tracing_id="X")

    (answered,) = decode(refusal)

    assert isinstance(answered, Answered) and answered.failure is not None
    assert "At most 2048 bytes" in answered.failure.message


def test_a_quick_reply_and_a_postback_are_answered_as_genesys_wants_it() -> None:
    adapter, _, _ = opened()

    server, _ = posted(
        adapter, PostMessage(DRAFT, "Yes", Answer(text="Yes", payloads=("yes",), type="quick-reply"))
    )
    assert server.frames[0]["message"] == {
        "type": "Structured",
        "text": "Yes",
        "content": [
            {
                "contentType": "ButtonResponse",
                "buttonResponse": {"text": "Yes", "payload": "yes", "type": "QuickReply"},
            }
        ],
    }

    button = Answer(text="Buy", payloads=("buy",), type="button", message_id="m1")
    server, _ = posted(adapter, PostMessage(DRAFT, "Buy", button))
    message = server.frames[0]["message"]
    assert message["type"] == "Structured"
    assert message["content"][0]["buttonResponse"] == {
        "text": "Buy",
        "payload": "buy",
        "type": "Button",
        "originatingMessageId": "m1",
    }


def test_a_date_is_answered_as_messenger_does() -> None:
    adapter, _, _ = opened()
    answer = Answer(text="Monday, 10:00", payloads=(TIME,), type="date", message_id="m1")

    server, _ = posted(adapter, PostMessage(DRAFT, "Monday, 10:00", answer))

    assert server.frames[0]["message"] == {
        "type": "Structured",
        "content": [response("Monday, 10:00", TIME, "DatePicker")],
        "metadata": {"parentMessageId": "m1"},
    }


@pytest.mark.parametrize(("reply", "text"), [("", "A, B"), ("My choice:", "My choice:")])
def test_each_item_of_a_list_is_a_response_of_its_own(reply: str, text: str) -> None:
    adapter, _, _ = opened()
    answer = Answer(
        text="A, B", payloads=("a", "b"), titles=("A", "B"), reply=reply, type="list", message_id="m1"
    )

    server, _ = posted(adapter, PostMessage(DRAFT, "A, B", answer))

    assert server.frames[0]["message"] == {
        "type": "Structured",
        "text": text,
        "content": [response("A", "a", "ListPicker"), response("B", "b", "ListPicker")],
        "metadata": {"parentMessageId": "m1"},
    }


def test_a_form_is_answered_by_its_own_content() -> None:
    adapter, _, _ = opened()
    entry = FormEntry(field="n", text="Ann", payload="Ann")
    answer = Answer(text="Name: Ann", type="form", message_id="m1", entries=(entry,), reply="That was it:")

    server, _ = posted(adapter, PostMessage(DRAFT, "Name: Ann", answer))

    message = server.frames[0]["message"]
    assert (message["type"], message["text"]) == ("Structured", "That was it:")
    assert message["metadata"] == {"parentMessageId": "m1"}
    ((part),) = message["content"]
    assert (part["contentType"], part["form"]["originatingMessageId"]) == ("Form", "m1")
    assert part["form"]["response"][0]["component"]["buttonResponse"]["payload"] == "Ann"


def response(text: str, payload: str, type_: str) -> dict[str, Any]:
    fields = {"text": text, "payload": payload, "type": type_, "originatingMessageId": "m1"}
    return {"contentType": "ButtonResponse", "buttonResponse": fields}


@pytest.mark.parametrize(
    ("type_", "text"), [("Structured", None), ("Text", ""), ("Structured", "Yes"), ("Text", "Yes")]
)
@pytest.mark.parametrize(("kind", "answered"), [("QuickReply", "quick-reply"), ("DatePicker", "date")])
def test_both_official_forms_of_an_answer_are_read(kind: str, answered: str, type_: str, text: Any) -> None:
    content = [response("Yes", "y", kind)]
    (message,) = decode(frame("StructuredMessage", text_body(type=type_, text=text, content=content)))

    assert isinstance(message, MessageArrived) and message.text == "Yes"
    (answer,) = message.content
    assert answer == Answer(text="Yes", payloads=("y",), type=answered, message_id="m1")  # type: ignore[arg-type]


def test_custom_attributes_go_with_the_first_message_in_their_new_place() -> None:
    adapter, _, _ = opened(custom_attributes_guest())

    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert server.frames[0]["message"]["channel"] == {"metadata": {"customAttributes": {"plan": "gold"}}}
    assert "channel" not in server.frames[0]

    server, _ = posted(adapter, PostMessage(DRAFT, "again"))
    assert "channel" not in server.frames[0]["message"]


def test_attributes_that_nobody_took_go_again_and_a_new_session_gets_them_too() -> None:
    adapter, _, _ = opened(custom_attributes_guest())
    gone = Failure(kind="lost", message="x")
    failure_of(lambda: posted(adapter, PostMessage(DRAFT, "hi"), onMessage=gone))
    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert "channel" in server.frames[0]["message"]

    opened(adapter, configureSession=("SessionResponse", session_response(newSession=False)))
    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert "channel" not in server.frames[0]["message"]
    opened(adapter)
    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert "channel" in server.frames[0]["message"]


def test_attributes_that_this_deployment_does_not_take_are_refused_before_sending() -> None:
    small = ("SessionResponse", session_response(maxCustomDataBytes=10))
    adapter, _, _ = opened(custom_attributes_guest(), configureSession=small)
    server = Server()

    failure = failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "hi"))))

    assert (failure.code, server.steps) == ("4013", [])
    assert "10 bytes" in failure.message


@pytest.mark.parametrize(("kind", "body"), [("SessionExpiredEvent", {}), ("StructuredMessage", "read-only")])
def test_nothing_is_said_in_a_conversation_that_is_over(kind: str, body: Any) -> None:
    adapter, _, _ = opened()
    if body:
        body = event_body(
            {"eventType": "Presence", "presence": {"type": "Disconnect"}}, metadata={"readOnly": "true"}
        )
    decode(frame(kind, body), adapter)
    server = Server()

    failure = failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "hi"))))
    server.run(adapter.perform(SetTyping(True)))

    assert "start_new_conversation()" in failure.message
    assert not failure.is_transient
    assert server.steps == []


def test_typing_is_said_and_not_waited_for() -> None:
    adapter, _, _ = opened()
    server = Server()

    server.run(adapter.perform(SetTyping(True)))

    assert [type(step) for step in server.steps] == [NewId, SendFrame]
    assert server.frames[0]["message"] == {
        "type": "Event",
        "events": [{"eventType": "Typing", "typing": {"type": "On"}}],
    }


def test_there_is_no_frame_for_having_stopped() -> None:
    adapter, server = opened()[0], Server()

    server.run(adapter.perform(SetTyping(False)))

    assert server.steps == []


@pytest.mark.parametrize("operation", [MarkRead("m"), MarkReadUpTo("m", ("m",)), FetchMessage("m")])
def test_what_web_messaging_does_not_have_is_unsupported(operation: Operation) -> None:
    assert failure_of(lambda: Server().run(guest().perform(operation))).kind == "unsupported"


def test_a_health_check_is_an_echo() -> None:
    server = Server()

    assert server.run(guest().perform(CheckHealth())) is None

    assert server.frames == [
        {
            "action": "echo",
            "token": TOKEN,
            "tracingId": "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=",
            "message": {"type": "Text", "text": "ping"},
        }
    ]


# --- another conversation ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [("SessionResponse", {}), Failure(kind="unreachable", message="x")])
def test_another_conversation_leaves_the_old_session_and_configures_a_new_one(answer: Any) -> None:
    adapter, _, _ = opened()
    decode(frame("SessionExpiredEvent", {}), adapter)
    server = Server(closeSession=answer)

    server.run(adapter.perform(StartNewConversation()))
    assert server.frames[0]["action"] == "closeSession"
    assert server.frames[0]["closeAllConnections"] is True
    _, server, _ = opened(adapter)
    assert server.frames[0]["startNew"] is True
    posted(adapter, PostMessage(DRAFT, "hi"))
    _, server, _ = opened(adapter)
    assert server.frames[0]["startNew"] is False


def test_before_the_first_connection_there_is_nothing_to_leave() -> None:
    adapter, server = guest(session_token=None), Server()

    server.run(adapter.perform(StartNewConversation()))

    assert server.steps == []


def test_a_conversation_is_cleared_by_an_event() -> None:
    adapter, _, _ = opened()
    server = Server(onMessage=("StructuredMessage", {}))

    server.run(adapter.perform(ClearConversation()))

    assert server.frames[0]["message"]["events"] == [{"eventType": "Presence", "presence": {"type": "Clear"}}]
    assert decode(frame("SessionClearedEvent", {}), adapter) == (ConversationCleared(by_us=True),)
    assert decode(frame("SessionClearedEvent", {}), adapter) == (ConversationCleared(by_us=False),)


def test_a_clearing_whose_end_was_not_heard_shows_in_the_next_session() -> None:
    """The stream was lost before the server could say that it is cleared (schedule 170)."""
    adapter, _, _ = opened()
    adapter._session.is_clearing = True

    _, _, learned = opened(adapter)
    assert learned[0] == ConversationCleared(by_us=False)

    _, _, learned = opened(adapter)
    assert ConversationCleared(by_us=False) not in learned


def test_a_clearing_after_which_a_session_began_unheard_is_left_to_history() -> None:
    """The answer that told that the session is new was lost too (schedule 43376)."""
    adapter, _, _ = opened()
    adapter._session.is_clearing = True
    lost = Failure(kind="lost", message="")
    failure_of(lambda: opened(adapter, configureSession=lost))
    resumed = ("SessionResponse", session_response(newSession=False))

    _, _, learned = opened(adapter, configureSession=resumed)
    assert learned[0] == ConversationCleared(by_us=False, is_certain=False)

    _, _, learned = opened(adapter, configureSession=resumed)
    assert not any(isinstance(event, ConversationCleared) for event in learned)


def test_a_session_that_goes_on_after_a_clearing_was_not_heard_is_not_in_doubt() -> None:
    adapter, _, _ = opened()
    adapter._session.is_clearing = True

    _, _, learned = opened(adapter, configureSession=("SessionResponse", session_response(newSession=False)))

    assert not any(isinstance(event, ConversationCleared) for event in learned)


def test_a_deployment_without_clearing_is_not_asked() -> None:
    adapter, _, _ = opened(config=config(conversationClear={"enabled": False}))
    server = Server()

    failure = failure_of(lambda: server.run(adapter.perform(ClearConversation())))

    assert (failure.kind, server.steps) == ("unsupported", [])
    assert failure_of(lambda: server.run(guest().perform(ClearConversation()))).kind == "unsupported"


@pytest.mark.parametrize(("kind", "is_ours"), [("permission", False), ("lost", True)])
def test_a_refused_clearing_is_not_ours_when_somebody_else_clears(kind: Any, is_ours: bool) -> None:
    adapter, _, _ = opened()
    refusal = Failure(kind=kind, message="x")

    failure_of(lambda: Server(onMessage=refusal).run(adapter.perform(ClearConversation())))

    assert decode(frame("SessionClearedEvent", {}), adapter) == (ConversationCleared(is_ours),)


def test_a_clearing_that_is_refused_does_not_settle_one_whose_end_was_not_heard() -> None:
    adapter, _, _ = opened()
    lost, refused = Failure(kind="lost", message="x"), Failure(kind="unreachable", message="x")

    failure_of(lambda: Server(onMessage=lost).run(adapter.perform(ClearConversation())))
    failure_of(lambda: Server(onMessage=refused).run(adapter.perform(ClearConversation())))

    assert decode(frame("SessionClearedEvent", {}), adapter) == (ConversationCleared(by_us=True),)


# --- history ----------------------------------------------------------------------------------------------


class Past:
    """A history of ``m{count}`` (newest) to ``m1``, in pages."""

    def __init__(self, count: int, size: int) -> None:
        time = "2026-11-22T10:{:02}:{:02}.000Z"
        self.entities = [
            text_body(f"m{number}", channel={"time": time.format(*divmod(number, 60))})
            for number in range(count, 0, -1)
        ]
        self.size = size
        self.jwts: list[str] = []
        self.numbers: list[int] = []

    def __call__(self, request: Request) -> dict[str, Any]:
        assert request.is_public
        assert request.headers["Origin"] == "https://webmessaging.mypurecloud.com"
        self.jwts.append(request.headers["Authorization"])
        number = int(request.query["pageNumber"])
        self.numbers.append(number)
        pages = -(-len(self.entities) // self.size)
        return {
            "entities": self.entities[(number - 1) * self.size : number * self.size],
            "pageSize": self.size,
            "pageNumber": number,
            "total": len(self.entities),
            "pageCount": pages,
        }


def fetched(adapter: WebMessaging, past: Any, **bounds: Any) -> tuple[list[str], bool]:
    server = Server(messages=past)
    page = server.run(adapter.perform(FetchHistory(**bounds)))
    assert isinstance(page, History)
    return [message.id for message in page.messages], page.has_more


def test_the_newest_page_comes_oldest_first() -> None:
    adapter, _, _ = opened()

    assert fetched(adapter, Past(5, 2)) == (["m4", "m5"], True)
    assert fetched(adapter, Past(2, 2)) == (["m1", "m2"], False)
    assert fetched(adapter, Past(0, 2)) == ([], False)


def test_what_came_after_a_message_comes_from_as_many_pages_as_it_takes() -> None:
    adapter, _, _ = opened()

    assert fetched(adapter, Past(7, 2), after="m3") == (["m4", "m5", "m6", "m7"], False)
    assert fetched(adapter, Past(7, 2), after="m7") == ([], False)


def test_what_came_after_a_message_follows_each_other_across_pages_that_overlap() -> None:
    adapter, _, _ = opened()
    past = Past(6, 2)

    def pages(request: Request) -> dict[str, Any]:
        page = past(request)
        past.entities.insert(0, text_body(f"m{len(past.entities) + 1}"))  # One more comes between two calls.
        return page

    page = Server(messages=pages).run(adapter.perform(FetchHistory(after="m2")))

    links = [(message.follows, message.id) for message in page.messages]
    assert links == [("m2", "m3"), ("m3", "m4"), ("m4", "m5"), ("m5", "m6")]


def test_older_pages_follow_each_other_without_beginning_anew() -> None:
    adapter, _, _ = opened()
    past = Past(7, 2)
    assert fetched(adapter, past) == (["m6", "m7"], True)

    assert fetched(adapter, past, before="m6") == (["m4", "m5"], True)
    assert fetched(adapter, past, before="m4") == (["m2", "m3"], True)
    assert fetched(adapter, past, before="m2") == (["m1"], False)
    assert past.numbers == [1, 2, 3, 4]  # A page costs one call.


def test_what_was_not_asked_for_of_a_page_is_kept() -> None:
    adapter, _, _ = opened()
    past = Past(9, 4)
    fetched(adapter, past)

    assert fetched(adapter, past, before="m6", limit=3) == (["m3", "m4", "m5"], True)
    assert fetched(adapter, past, before="m3", limit=3) == (["m2"], True)
    assert fetched(adapter, past, before="m2", limit=3) == (["m1"], False)
    assert past.numbers == [1, 2, 3]


def test_no_more_pages_are_asked_for_than_the_server_gives_in_a_minute() -> None:
    adapter, _, _ = opened()
    past, oldest = Past(50, 2), "m49"
    fetched(adapter, past)
    for _ in range(6):
        (oldest, _), _ = fetched(adapter, past, before=oldest)

    failure = failure_of(lambda: fetched(adapter, past, before=oldest))

    assert len(past.numbers) == 7
    assert (failure.kind, failure.was_held_back, failure.retry_after_s) == ("rate_limited", True, 60.0)
    assert "10 pages of history a minute" in failure.message and "in 60 s" in failure.message
    for _ in range(3):  # What catches up, and looks for lost sends, goes on.
        fetched(adapter, past)
    assert failure_of(lambda: fetched(adapter, past)).was_held_back


@pytest.mark.parametrize(
    ("before", "found", "pages"), [("m49", ["m47", "m48"], range(2, 13)), ("m58", ["m57"], range(1, 8))]
)
def test_a_search_back_that_the_limit_cuts_short_goes_on_where_it_was(
    before: str, found: list[str], pages: range
) -> None:
    adapter, _, _ = opened()
    fetched(adapter, Past(50, 2))
    past = Past(70, 2)  # What came meanwhile has pushed the message beyond a minute's pages.

    assert failure_of(lambda: fetched(adapter, past, before=before)).was_held_back
    adapter._history._calls.clear()  # A minute later.
    assert fetched(adapter, past, before=before)[0] == found
    assert past.numbers == [*pages]


def test_a_search_forth_that_the_limit_cuts_short_is_given_up_for_the_newest_page() -> None:
    """Each try would use up what has become free meanwhile, and none would come to its end."""
    adapter, _, _ = opened()
    adapter._history._calls.extend([NOW_S] * 8)

    assert failure_of(lambda: fetched(adapter, Past(9, 2), after="m1")).kind == "not_found"
    assert failure_of(lambda: fetched(adapter, Past(9, 2), after="m1")).was_held_back


def test_a_minute_later_the_next_page_can_be_had() -> None:
    adapter, _, _ = opened()
    past = Past(50, 2)
    adapter._history._calls.extend(NOW_S - 60.0 - number for number in range(10, 0, -1))

    assert fetched(adapter, past) == (["m49", "m50"], True)


def test_what_came_meanwhile_pushes_older_messages_to_later_pages() -> None:
    adapter, _, _ = opened()
    fetched(adapter, Past(4, 2))

    assert fetched(adapter, Past(7, 2), before="m3") == (["m2"], True)
    assert fetched(adapter, Past(7, 3), before="m4", limit=1) == (["m3"], True)


def test_the_oldest_message_has_nothing_before_it() -> None:
    assert fetched(opened()[0], Past(3, 2), before="m1") == ([], False)


@pytest.mark.parametrize("bounds", [{"after": "gone"}, {"before": "gone"}])
def test_a_message_that_is_not_in_the_history_is_not_found(bounds: dict[str, str]) -> None:
    adapter, _, _ = opened()

    assert failure_of(lambda: fetched(adapter, Past(5, 2), **bounds)).kind == "not_found"


def test_events_in_the_history_are_no_messages() -> None:
    adapter, _, _ = opened()
    past = Past(4, 2)
    past.entities[:2] = [event_body({"eventType": "Presence", "presence": {"type": "Join"}})] * 2
    assert fetched(adapter, past) == (["m1", "m2"], False)
    past.entities[2] = {"id": "r", "type": "Receipt", "status": "Read"}
    past.entities[3] = text_body("m1", type=7)
    assert fetched(adapter, past) == ([], False)


def left(id_: str) -> dict[str, Any]:
    """As the simulator's history has it: an agent has gone."""
    return event_body({"eventType": "Presence", "presence": {"type": "Disconnect"}}, id=id_)


def learned(adapter: WebMessaging, *entities: Any, **bounds: Any) -> tuple[PlatformEvent, ...]:
    past = Past(0, 2)
    past.entities[:] = entities
    page = Server(messages=past).run(adapter.perform(FetchHistory(**bounds)))
    assert isinstance(page, History)
    return page.learned


def test_an_end_that_only_history_tells_is_asked_for_once_by_another_stream() -> None:
    adapter, _, _ = opened()
    before = left("1" * 32)
    assert learned(adapter, text_body("m1"), before) == (), "the answer to configureSession knew of it"
    assert learned(adapter, left("2" * 32), text_body("m1"), before) == (MoveRequested(),)
    assert learned(adapter, left("2" * 32), text_body("m1"), before) == ()
    assert learned(adapter, left("3" * 32), text_body("m1"), after="m1") == (MoveRequested(),)


@pytest.mark.parametrize("time", ["2027-01-15T08:00:00.000Z", None])
def test_an_end_between_the_configuring_and_the_first_page_is_asked_for_once(time: str | None) -> None:
    """The first try to read history had failed (schedule 9201962)."""
    adapter, _, _ = opened()
    after = left("2" * 32) | {"channel": {"time": time}}
    assert learned(adapter, after, text_body("m1")) == (MoveRequested(),)
    Server().run(adapter.open_stream())
    assert learned(adapter, after, text_body("m1")) == ()


def test_an_end_is_not_forgotten_when_the_page_after_it_cannot_be_had() -> None:
    """The first page tells of it, the second one fails (schedule 6057530)."""
    adapter, _, _ = opened()
    assert learned(adapter, text_body("m1")) == ()
    past = Past(0, 2)
    past.entities[:] = [left("2" * 32), text_body("m3"), text_body("m2"), text_body("m1")]
    answers = [past, Failure(kind="unreachable", message="x")]
    assert failure_of(lambda: fetched(adapter, answers, after="m1")).kind == "unreachable"
    assert learned(adapter, *past.entities, after="m1") == (MoveRequested(),)
    assert learned(adapter, *past.entities, after="m1") == ()


def test_an_end_that_the_stream_has_told_is_no_news_in_history() -> None:
    adapter, _, _ = opened(config=config(conversationDisconnect={"enabled": True, "type": "Send"}))
    assert learned(adapter, text_body("m1")) == ()
    decode(frame("StructuredMessage", left("2" * 32)), adapter)
    assert learned(adapter, left("2" * 32), text_body("m1")) == ()
    inbound = left("3" * 32) | {"direction": "Inbound"}
    assert learned(adapter, inbound, {"id": "r", "type": 7}, text_body("m1")) == ()


def test_where_the_end_is_known_and_after_a_session_was_configured_anew_history_asks_for_nothing() -> None:
    adapter, _, _ = opened()
    assert learned(adapter, text_body("m1")) == ()
    decode(disconnected("true"), adapter)
    assert learned(adapter, left("2" * 32), text_body("m1")) == ()
    Server().run(adapter.open_stream())
    assert learned(adapter, left("3" * 32), text_body("m1")) == ()


def test_only_the_newest_page_tells_of_an_end() -> None:
    adapter, _, _ = opened()
    assert learned(adapter, text_body("m3"), text_body("m2"), text_body("m1")) == ()
    entities = (text_body("m3"), text_body("m2"), left("2" * 32), text_body("m1"))
    assert learned(adapter, *entities, after="m1") == ()


def test_a_history_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_PAGES", "MAX_PAGES_AFTER"):
        monkeypatch.setattr(f"ipygenesys._protocols.web_messaging.history.{name}", 3)
    endless = {"entities": [{}], "pageNumber": 1, "pageCount": 10**9}

    for bounds in ({}, {"after": "x"}, {"before": "x"}):
        adapter, _, _ = opened()
        failure = failure_of(lambda a=adapter, b=bounds: fetched(a, endless, **b))  # type: ignore[misc]
        assert failure.kind == "not_found"


def test_pages_that_move_on_while_they_are_read_lose_nothing() -> None:
    """Between two calls two messages come, and page 2 holds what page 1 held (schedule 31120)."""
    adapter, _, _ = opened()
    bodies = [
        text_body(f"m{number}", channel={"time": f"2026-11-22T10:00:0{number}Z"})
        for number in range(6, 0, -1)
    ]
    calls: list[int] = []

    def pages(request: Request) -> dict[str, Any]:
        calls.append(int(request.query["pageNumber"]))
        newest = bodies[2:] if len(calls) == 1 else bodies
        start = (calls[-1] - 1) * 2
        return {"entities": newest[start : start + 2], "pageNumber": calls[-1], "pageCount": len(newest) // 2}

    assert fetched(adapter, pages, before="m3") == (["m1", "m2"], False)
    assert calls == [1, 2, 3]


def of_one_second(count: int, size: int, *, older: int = 0) -> Past:
    """All but the oldest few."""
    past = Past(count, size)
    for entity in past.entities[: count - older]:
        entity["channel"]["time"] = "2026-11-22T11:00:00Z"
    return past


def test_of_one_second_what_is_pushed_to_later_pages_is_not_taken_for_older() -> None:
    adapter, _, _ = opened()
    assert fetched(adapter, of_one_second(6, 2, older=2)) == (["m5", "m6"], True)
    past = of_one_second(10, 2, older=2)

    assert fetched(adapter, past, before="m5") == (["m1", "m2", "m3", "m4"], False)
    assert past.numbers == [2, 3, 4, 5]


def test_a_second_that_fills_a_page_takes_one_call_more_than_it_has_pages() -> None:
    adapter, _, _ = opened()
    past = of_one_second(9, 2, older=3)
    assert fetched(adapter, past) == (["m8", "m9"], True)

    page = Server(messages=past).run(adapter.perform(FetchHistory(before="m8")))
    assert [message.id for message in page.messages] == ["m2", "m3", "m4", "m5", "m6", "m7"]
    assert [message.follows for message in page.messages] == [None, "m2", "m3", "m4", "m5", "m6"]
    assert past.numbers == [1, 2, 3, 4]
    assert fetched(adapter, past, before="m2") == (["m1"], False)


def test_a_search_within_a_second_that_the_limit_cuts_short_forgets_nothing() -> None:
    adapter, _, _ = opened()
    past = of_one_second(9, 2, older=3)
    fetched(adapter, past)
    adapter._history._calls.extend([NOW_S] * 5)
    assert failure_of(lambda: fetched(adapter, past, before="m8")).was_held_back

    adapter._history._calls.clear()
    assert fetched(adapter, past, before="m8")[0] == ["m2", "m3", "m4", "m5", "m6", "m7"]
    assert past.numbers == [1, 2, 3, 4]


@pytest.mark.parametrize("time", [None, "2026-11-22T10:00:00Z"])
def test_messages_of_one_moment_or_of_none_are_told_apart_by_their_ids(time: str | None) -> None:
    adapter, _, _ = opened()
    past = Past(4, 2)
    past.entities = [text_body(f"m{number}", channel={"time": time}) for number in range(4, 0, -1)]
    assert fetched(adapter, past, before="m3") == (["m1", "m2"], False)


def test_a_jwt_is_kept_until_shortly_before_its_end() -> None:
    adapter, _, _ = opened()
    past = Past(1, 2)
    server = Server(
        messages=past, getJwt=[("JwtResponse", {"jwt": f"jwt-{n}", "exp": NOW_S + 900}) for n in (1, 2)]
    )
    server.run(adapter.perform(FetchHistory()))
    server.run(adapter.perform(FetchHistory()))
    assert past.jwts == ["bearer jwt-1", "bearer jwt-1"]

    adapter._session.jwt_exp = NOW_S + 5
    server.run(adapter.perform(FetchHistory()))
    assert past.jwts[-1] == "bearer jwt-2"
    assert "jwt-2" not in repr((adapter, vars(adapter), server.steps))


def test_a_jwt_that_does_not_say_when_it_ends_is_kept_for_a_while() -> None:
    adapter, _, _ = opened()

    fetched(adapter, Past(1, 2))
    adapter._session.jwt = None
    Server(messages=Past(1, 2), getJwt=("JwtResponse", {"jwt": "j"})).run(adapter.perform(FetchHistory()))

    assert NOW_S < adapter._session.jwt_exp < NOW_S + 900


def test_a_refused_jwt_is_replaced_once() -> None:
    adapter, _, _ = opened()
    page = {"entities": [text_body("m1")], "pageNumber": 1, "pageCount": 1}
    assert fetched(adapter, [UNAUTHORISED, page]) == (["m1"], False)

    assert failure_of(lambda: fetched(adapter, UNAUTHORISED)).kind == "authentication"
    gone = Failure(kind="unavailable", message="x", status=503)
    assert failure_of(lambda: fetched(adapter, gone)) == gone


def test_a_new_session_has_a_history_of_its_own() -> None:
    adapter, _, _ = opened()
    fetched(adapter, Past(1, 2))

    opened(adapter)

    assert adapter._session.jwt is None


# --- files ------------------------------------------------------------------------------------------------

ADDRESS: dict[str, Any] = {
    "attachmentId": "id-1",
    "headers": {"x-amz-tagging": "t"},
    "url": "https://up.mypurecloud.com/x?s=1",
}
EXPIRED_ADDRESS = Failure(kind="permission", message="x", status=403)


def sent_file(
    file: OutgoingFile = PNG, text: str = "", adapter: WebMessaging | None = None, **answers: Any
) -> tuple[Server, MessageArrived]:
    adapter = adapter or opened()[0]
    defaults: dict[str, Any] = {
        "onAttachment": ("PresignedUrlResponse", ADDRESS),
        "upload": None,
        "uploaded": frame("UploadSuccessEvent", {"attachmentId": "id-1"}),
    }
    return posted(adapter, PostMessage(DRAFT, text, None, file), **{**defaults, **answers})


def test_a_file_is_announced_put_there_seen_to_have_passed_and_then_sent() -> None:
    server, _ = sent_file(text="see file")

    assert [type(step) for step in server.steps] == [
        NewId,
        NewId,
        Expect,
        Exchange,
        Upload,
        AwaitAnswer,
        Commit,
        Exchange,
    ]
    announced, message = server.frames
    assert announced == {
        "action": "onAttachment",
        "token": TOKEN,
        "tracingId": "id-2",
        "attachmentId": "id-1",
        "fileName": "a.png",
        "fileType": "image/png",
        "fileSize": 123,
        "errorsAsJson": True,
    }
    assert message["message"] == {
        "type": "Text",
        "text": "see file",
        "content": [{"contentType": "Attachment", "attachment": {"id": "id-1"}}],
    }
    upload = next(step for step in server.steps if isinstance(step, Upload))
    assert (upload.url, upload.headers) == (ADDRESS["url"], ADDRESS["headers"])
    assert upload.draft_id == DRAFT
    assert "mypurecloud" not in repr(upload)


@pytest.mark.parametrize("step", ["onAttachment", "upload", "uploaded"])
def test_a_file_that_is_cancelled_is_taken_back_whatever_was_under_way(step: str) -> None:
    adapter, server = (
        opened()[0],
        Server(
            **{
                "onAttachment": ("PresignedUrlResponse", ADDRESS),
                "upload": None,
                "uploaded": None,
                step: CANCELLED,
            }
        ),
    )

    with pytest.raises(CallError) as caught:
        server.run(adapter.perform(PostMessage(DRAFT, "", None, PNG)))
    assert caught.value.failure == CANCELLED
    assert server.frames[-1] == {
        "action": "deleteAttachment",
        "token": TOKEN,
        "tracingId": "id-3",
        "attachmentId": "id-1",
    }
    assert not [step for step in server.steps if isinstance(step, Commit)]


def test_a_file_that_is_cancelled_while_there_is_no_stream_is_just_cancelled() -> None:
    gone = CallError(Failure(kind="unreachable", message="x"))
    flow = opened()[0].perform(PostMessage(DRAFT, "", None, PNG))
    step = next(flow)
    while not isinstance(step, Exchange):
        step = flow.send("id")
    step = flow.throw(CallError(CANCELLED))
    while not isinstance(step, SendFrame):
        step = flow.send("id")
    with pytest.raises(CallError, match="cancelled"):
        flow.throw(gone)


def test_a_file_needs_no_text() -> None:
    server, _ = sent_file()

    assert "text" not in server.frames[1]["message"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"media_type": "application/pdf", "name": "a.pdf"}, "4001"),
        ({"name": "a.EXE"}, "4001"),
        ({"size_bytes": 10 * 1024 + 1}, "4002"),
        ({"size_bytes": 0}, "4102"),
        ({"name": "n" * 1020 + ".png"}, "4005"),
        ({"name": "png"}, "4004"),
        ({"name": ".png"}, "4004"),
        ({"name": "a."}, "4004"),
    ],
)
def test_a_file_that_is_not_allowed_is_refused_before_a_byte_is_sent(
    changes: dict[str, Any], code: str
) -> None:
    adapter, server = opened()[0], Server()
    file = msgspec.structs.replace(PNG, **changes)

    failure = failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "", None, file))))

    assert (failure.kind, failure.code, server.steps) == ("rejected", code, [])


def test_where_there_are_no_uploads_a_file_is_unsupported() -> None:
    failure = failure_of(lambda: Server().run(guest().perform(PostMessage(DRAFT, "", None, PNG))))

    assert (failure.kind, failure.code) == ("unsupported", "4000")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "http://up.mypurecloud.com/x",
        "file:///etc/passwd",
        "https://mypurecloud.com.evil/",
        "https://shyrka-prod-euw1.s3.eu-west-1.amazonaws.com/x",
        "https://evil.shyrka-prod.s3.amazonaws.com/x",
        "https://s3.amazonaws.com/shyrka-prod/x",
        "http://shyrka-prod.s3.amazonaws.com/x",
    ],
)
def test_a_file_goes_to_no_host_outside_the_region(url: str) -> None:
    adapter = opened()[0]
    server = Server(onAttachment=("PresignedUrlResponse", {**ADDRESS, "url": url}))

    failure = failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "", None, PNG))))

    assert failure.kind == "protocol"
    assert not any(isinstance(step, Upload) for step in server.steps)


def test_a_file_goes_to_the_store_of_the_region_with_the_headers_that_were_signed() -> None:
    address = {
        "attachmentId": "id-1",
        "headers": {
            "x-amz-tagging": "organizationId=o&originalFilename=a.png",
            "x-amz-server-side-encryption": "AES256",
        },
        "url": "https://shyrka-prod.s3.amazonaws.com/x?X-Amz-Signature=s",
    }
    server, _ = sent_file(onAttachment=("PresignedUrlResponse", address))

    upload = next(step for step in server.steps if isinstance(step, Upload))
    assert (upload.url, upload.headers) == (address["url"], address["headers"])


def test_an_address_that_has_expired_is_asked_for_once_more() -> None:
    server, _ = sent_file(upload=[EXPIRED_ADDRESS, None])
    announced = [frame for frame in server.frames if frame["action"] == "onAttachment"]
    assert len({frame["attachmentId"] for frame in announced}) == len(announced) == 2

    failure = failure_of(lambda: sent_file(upload=EXPIRED_ADDRESS))
    assert failure.status == 403


@pytest.mark.parametrize("code", range(4001, 4011))
def test_a_refusal_by_the_server_is_not_taken_for_an_expired_address(code: int) -> None:
    refusal = Failure(kind="rejected", message=wire.ERROR_WORDS[code], code=str(code))

    assert failure_of(lambda: sent_file(onAttachment=refusal)) == refusal
    assert failure_of(lambda: sent_file(uploaded=refusal)) == refusal


@pytest.mark.parametrize(
    "failure", [Failure(kind="lost", message="x"), Failure(kind="unavailable", message="x", status=500)]
)
def test_a_message_whose_file_was_lost_was_not_sent(failure: Failure) -> None:
    seen = failure_of(lambda: sent_file(upload=failure))

    assert seen.kind == "unreachable"
    assert seen.is_transient and not seen.may_have_been_carried_out


def test_only_headers_that_are_the_servers_to_say_go_with_the_file() -> None:
    headers = {
        "x-amz-tagging": "t",
        "Host": "evil.example",
        "content-length": "0",
        "Authorization": "x",
        "x-broken": "a\r\nb: c",
        "x broken": "a",
    }
    server, _ = sent_file(onAttachment=("PresignedUrlResponse", {**ADDRESS, "headers": headers}))

    upload = next(step for step in server.steps if isinstance(step, Upload))
    assert upload.headers == {"x-amz-tagging": "t"}


def test_an_answer_about_the_file_that_cannot_be_read_leaves_the_message_unsent() -> None:
    assert failure_of(lambda: sent_file(onAttachment=("string", "hello"))).kind == "protocol"


def test_another_address_of_a_file_comes_with_its_message() -> None:
    adapter, _, _ = opened()
    server = Server(getAttachment=("PresignedUrlResponse", {**ADDRESS, "headers": {}, "fileName": "a.png"}))

    fresh = server.run(adapter.perform(RefreshAttachment("m1", "A")))

    assert server.frames[0]["attachmentId"] == "A"
    assert fresh.id == "m1" and not fresh.has_content
    assert fresh.attachments == (Attachment(name="a.png", url=ADDRESS["url"], id="A"),)


# --- frames: what is said ---------------------------------------------------------------------------------


def test_an_agents_message() -> None:
    (message,) = decode(frame("StructuredMessage", text_body()))

    assert message == MessageArrived(
        id="a" * 32, text="Hello", sender="Ann", role="agent", time_ms=TIME_MS, participant_id=None
    )


def test_a_bots_message() -> None:
    (message,) = decode(frame("StructuredMessage", text_body(originatingEntity="Bot")))

    assert isinstance(message, MessageArrived) and message.role == "bot"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ({"firstName": "Ann", "lastName": "Lee"}, "Ann Lee"),
        ({"lastName": "Lee"}, "Lee"),
        ({}, None),
        ({"nickname": "n" * 300}, "n" * 256),
    ],
)
def test_whoever_has_no_nickname_has_a_name_or_none(sender: dict[str, str], name: str | None) -> None:
    (message,) = decode(frame("StructuredMessage", text_body(channel={"from": sender, "time": TIME})))

    assert isinstance(message, MessageArrived) and message.sender == name


def test_our_own_message_comes_back_under_its_draft() -> None:
    body = text_body(direction="Inbound")
    data = frame("StructuredMessage", body, tracing_id=DRAFT)

    message, answered = decode(data)

    assert isinstance(message, MessageArrived)
    assert (message.draft_id, message.role, message.sender) == (DRAFT, "customer", None)
    assert answered == Answered(tracing_id=DRAFT, body=data)


def test_files_and_offered_answers_come_with_their_message() -> None:
    content = [
        {
            "contentType": "Attachment",
            "attachment": {
                "id": "A",
                "url": "https://…",
                "filename": "a.png",
                "fileSize": 3,
                "mediaType": "Image",
                "mime": "image/png",
                "sha256": "…",
            },
        },
        {"contentType": "QuickReply", "quickReply": {"text": "Yes", "payload": "yes", "action": "Message"}},
        {"contentType": "QuickReply", "quickReply": {"text": "No"}},
    ]
    (message,) = decode(frame("StructuredMessage", text_body(type="Structured", content=content)))

    assert isinstance(message, MessageArrived)
    assert message.attachments == (
        Attachment(name="a.png", media_type="image/png", size_bytes=3, url="https://…", id="A"),
    )
    replies = (QuickReply(text="Yes", payload="yes"), QuickReply(text="No", payload="No"))
    assert message.content == (QuickReplies(replies=replies),)


CARD = {
    "title": "Shoes",
    "description": "Red",
    "image": "https://…",
    "actions": [
        {"type": "Postback", "text": "Buy", "payload": "buy"},
        {"type": "Link", "text": "See", "url": "https://…"},
    ],
}


SHOWN_CARD = Card(
    title="Shoes",
    description="Red",
    image_url="https://…",
    buttons=(Button(text="Buy", payload="buy"), Button(text="See", url="https://…")),
)


@pytest.mark.parametrize(
    ("part", "content"),
    [({"card": CARD}, SHOWN_CARD), ({"carousel": {"cards": [CARD]}}, Carousel(cards=(SHOWN_CARD,)))],
)
def test_cards_are_themselves_and_words(part: dict[str, Any], content: Content) -> None:
    body = text_body(type="Structured", text=None, content=[{"contentType": "Card", **part}])

    (message,) = decode(frame("StructuredMessage", body))

    assert isinstance(message, MessageArrived)
    assert message.text == "Shoes\nRed"
    assert message.content == (content,)


def test_a_card_of_a_new_kind_hides_nothing_else() -> None:
    body = text_body(content=[{"contentType": "Card", "card": {"title": 1}}, {"contentType": "Hologram"}])

    (message,) = decode(frame("StructuredMessage", body))

    assert isinstance(message, MessageArrived) and message.text == "Hello"
    assert message.content == (Unsupported(type="Card"), Unsupported(type="Hologram"))


def test_a_picked_answer_of_our_own_is_its_text() -> None:
    response = {"text": "Yes", "payload": "yes", "type": "QuickReply"}
    content = [{"contentType": "ButtonResponse", "buttonResponse": response}]
    body = text_body(direction="Inbound", text=None, content=content)

    (message,) = decode(frame("StructuredMessage", body))

    assert isinstance(message, MessageArrived) and message.text == "Yes"


@pytest.mark.parametrize(
    "changes",
    [{"content": 7}, {"content": [{"contentType": 1}]}, {"events": "x"}, {"metadata": []}, {"text": None}],
)
def test_a_part_that_cannot_be_read_does_not_hide_the_message(changes: dict[str, Any]) -> None:
    (message,) = decode(frame("StructuredMessage", text_body(**changes)))

    assert isinstance(message, MessageArrived)
    assert (message.id, message.time_ms) == ("a" * 32, TIME_MS)
    (message,) = decode(frame("StructuredMessage", text_body(**changes, channel=3)))
    assert isinstance(message, MessageArrived) and message.time_ms is None


@pytest.mark.parametrize(
    ("typing", "event"),
    [
        (
            {"type": "On", "duration": 5000},
            TypingNoticed(participant_id=None, is_typing=True, duration_s=5.0, time_ms=TIME_MS),
        ),
        ({"type": "On"}, TypingNoticed(participant_id=None, is_typing=True, duration_s=5.0, time_ms=TIME_MS)),
        (
            {"type": "On", "duration": 900},
            TypingNoticed(participant_id=None, is_typing=True, duration_s=0.9, time_ms=TIME_MS),
        ),
        ({"type": "Off", "duration": 1000}, TypingNoticed(participant_id=None, is_typing=False)),
    ],
)
def test_an_agent_types(typing: dict[str, Any], event: TypingNoticed) -> None:
    body = event_body({"eventType": "Typing", "typing": typing})

    assert decode(frame("StructuredMessage", body)) == (event,)


def test_our_own_typing_that_comes_back_says_nothing() -> None:
    typing = {"eventType": "Typing", "typing": {"type": "On"}}
    body = event_body(typing, direction="Inbound")

    assert decode(frame("StructuredMessage", body)) == ()


def disconnected(read_only: Any) -> bytes:
    event = {"eventType": "Presence", "presence": {"type": "Disconnect"}}
    return frame("StructuredMessage", event_body(event, metadata={"readOnly": read_only}))


@pytest.mark.parametrize("read_only", ["true", "True", True])
def test_the_agent_ends_the_conversation(read_only: Any) -> None:
    gone, changed = decode(disconnected(read_only))

    assert gone == PresenceChanged(participant_id=None, has_joined=False)
    assert isinstance(changed, ConversationChanged) and not changed.is_open
    assert changed.why is not None and "start_new_conversation()" in changed.why.message


def test_where_the_deployment_lets_the_guest_go_on_the_agent_has_only_left() -> None:
    assert decode(disconnected("false")) == (PresenceChanged(participant_id=None, has_joined=False),)


@pytest.mark.parametrize(
    ("disconnect", "is_over"),
    [
        ({"enabled": True, "type": "ReadOnly"}, True),
        ({"enabled": True, "type": "Send"}, False),
        ({"enabled": False, "type": "ReadOnly"}, False),
    ],
)
def test_an_end_that_does_not_say_whether_the_guest_may_go_on_is_what_the_deployment_says(
    disconnect: dict[str, Any], is_over: bool
) -> None:
    adapter, _, _ = opened(config=config(conversationDisconnect=disconnect))
    event = {"eventType": "Presence", "presence": {"type": "Disconnect"}}

    _, *changed = decode(frame("StructuredMessage", event_body(event)), adapter)

    assert [type(each) for each in changed] == [ConversationChanged] * is_over


@pytest.mark.parametrize("kind", ["Join", "SignIn", "Clear", "Authenticate"])
def test_other_presence_says_nothing(kind: str) -> None:
    event = {"eventType": "Presence", "presence": {"type": kind}}

    assert decode(frame("StructuredMessage", event_body(event, direction="Inbound"))) == ()


def test_a_session_expires_by_either_frame() -> None:
    event = {"eventType": "Presence", "presence": {"type": "SessionExpired"}}

    for data in (frame("SessionExpiredEvent", {}), frame("StructuredMessage", event_body(event))):
        (expired,) = decode(data)
        assert isinstance(expired, SessionExpired)
        assert "start_new_conversation()" in expired.failure.message


def test_a_read_only_session_says_so() -> None:
    data = frame("SessionResponse", session_response(readOnly=True), tracing_id="X")

    changed, answered = decode(data)

    assert isinstance(changed, ConversationChanged) and not changed.is_open
    assert answered == Answered(tracing_id="X", body=data)
    assert decode(frame("SessionResponse", session_response()))[0] == ConversationChanged(True)
    assert decode(frame("SessionResponse", session_response(connected=False))) == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "signedIn"}, "signed.in.elsewhere"),
        ({"reasonCode": "SignedIn"}, "signed.in.elsewhere"),
        ({"reason": "other"}, "connection.closed"),
        ({}, "connection.closed"),
        (None, "connection.closed"),
    ],
)
def test_a_connection_that_the_server_closes_is_not_opened_again(body: Any, code: str) -> None:
    (ended,) = decode(frame("ConnectionClosedEvent", body))

    assert isinstance(ended, ConversationEnded) and ended.failure.code == code


def test_a_connection_that_closes_because_we_have_cleared_says_that_it_is_cleared_once() -> None:
    adapter, _, _ = opened()
    adapter._session.is_clearing = True
    assert decode(frame("ConnectionClosedEvent", {}), adapter) == (ConversationCleared(by_us=True),)
    assert not adapter._session.is_clearing


def test_a_connection_that_closes_because_somebody_else_has_cleared_says_so() -> None:
    adapter, _, _ = opened()
    assert decode(frame("SessionClearedEvent", {}), adapter) == (ConversationCleared(by_us=False),)
    (ended,) = decode(frame("ConnectionClosedEvent", {}), adapter)
    assert isinstance(ended, ConversationEnded) and ended.failure.code == "cleared.elsewhere"
    assert "start_new_conversation" in ended.failure.message
    opened(adapter)
    (ended,) = decode(frame("ConnectionClosedEvent", {}), adapter)
    assert isinstance(ended, ConversationEnded) and ended.failure.code == "connection.closed"


def test_a_guest_who_is_signed_out_is_told() -> None:
    (ended,) = decode(frame("LogoutEvent", {}))

    assert isinstance(ended, ConversationEnded) and ended.failure.kind == "authentication"


def test_a_health_check_tells_how_long_the_session_lasts_by_the_servers_clock_alone() -> None:
    end = str(TIME_MS // 1000 + 600)
    body = text_body(direction="Inbound", metadata={"durationSeconds": "259200", "expirationDate": end})
    data = frame("StructuredMessage", body, tracing_id=wire.HEALTH_CHECK_TRACING_ID)

    assert decode(data) == (
        SessionLifeLearned(600.0),
        Answered(tracing_id=wire.HEALTH_CHECK_TRACING_ID, body=data),
    )


@pytest.mark.parametrize("end", ["", "soon", "nan", "inf", "0", None, [], "1e400", 10**400])
def test_an_end_that_is_none_is_not_believed(end: Any) -> None:
    body = text_body(metadata={"expirationDate": end})

    (message,) = decode(frame("StructuredMessage", body))

    assert isinstance(message, MessageArrived)


def test_the_end_of_an_upload_is_waited_for_by_its_attachment() -> None:
    data = frame("UploadSuccessEvent", {"attachmentId": "A", "downloadUrl": "https://…"}, tracing_id="X")

    assert decode(data) == (Answered(tracing_id="upload:A"), Answered(tracing_id="X", body=data))


@pytest.mark.parametrize(
    "kind",
    [
        "JwtResponse",
        "PresignedUrlResponse",
        "AttachmentDeletedResponse",
        "GetConfigurationResponse",
        "string",
    ],
)
def test_an_answer_is_for_whoever_asked(kind: str) -> None:
    data = frame(kind, {"a": 1}, tracing_id="X")

    assert decode(data) == (Answered(tracing_id="X", body=data),)
    assert decode(frame(kind, {"a": 1})) == ()


# --- frames: what is refused ------------------------------------------------------------------------------


def refusal(data: bytes, adapter: WebMessaging | None = None) -> Failure:
    answered = decode(data, adapter)[-1]
    assert isinstance(answered, Answered)
    assert answered.failure is not None
    return answered.failure


@pytest.mark.parametrize("code", sorted(wire.ERROR_WORDS))
def test_each_error_has_words_and_a_correlation_id(code: int) -> None:
    failure = refusal(frame("string", "the server's own words", code=code, tracing_id="X"))

    assert failure.message == wire.ERROR_WORDS[code]
    assert (failure.code, failure.correlation_id) == (str(code), "X")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, "rejected"),
        (401, "authentication"),
        (403, "permission"),
        (404, "not_found"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (503, "unavailable"),
        (300, "rejected"),
        (4000, "unsupported"),
        (4007, "not_found"),
        (4011, "rejected"),
        (4029, "rate_limited"),
        (5000, "unavailable"),
        (9999, "rejected"),
        (0, "rejected"),
        (-1, "rejected"),
    ],
)
def test_a_code_has_its_kind(code: int, kind: str) -> None:
    assert refusal(frame("string", "x", code=code, tracing_id="X")).kind == kind


def test_after_an_unexpected_error_nobody_knows_whether_it_was_done() -> None:
    assert refusal(frame("Error", {}, code=5000, tracing_id="X")).may_have_been_carried_out
    assert not refusal(frame("string", "x", code=4011, tracing_id="X")).may_have_been_carried_out


@pytest.mark.parametrize("words", ["Session authentication failed", "Try to authenticate again"])
def test_a_403_that_wants_a_login_is_a_401(words: str) -> None:
    assert refusal(frame("string", words, code=403, tracing_id="X")).kind == "authentication"


@pytest.mark.parametrize(("body", "wait_s"), [
    ({"retryAfter": 3, "errorCode": 4029, "errorMessage": "Message rate too high for this session"}, 3.0),
    ({"retryAfter": 3, "errorCode": 429, "name": "x", "message": "y"}, 3.0),
    ({}, 1.0),
    ({"retryAfter": -5}, 1.0),
    ({"retryAfter": 1e12}, 3600.0),
    ({"retryAfter": "soon"}, 1.0),
    (None, 1.0),
])  # fmt: skip
def test_whoever_is_too_fast_is_told_how_long_to_wait(body: Any, wait_s: float) -> None:
    failure = refusal(frame("TooManyRequestsErrorMessage", body, code=429, tracing_id="X"))

    assert (failure.kind, failure.retry_after_s) == ("rate_limited", wait_s)


def test_a_text_that_is_too_fast_waits_as_well() -> None:
    assert refusal(frame("string", "x", code=429, tracing_id="X")).retry_after_s == 1.0


@pytest.mark.parametrize("envelope_code", [200, 4001])
def test_the_code_in_the_body_of_a_refused_file_counts(envelope_code: int) -> None:
    body = {"attachmentId": "A", "errorCode": 4001, "errorMessage": "…", "timestamp": TIME}

    failure = refusal(frame("GenerateUrlError", body, code=envelope_code, tracing_id="X"))

    assert (failure.code, failure.message) == ("4001", wire.ERROR_WORDS[4001])
    assert refusal(frame("GenerateUrlError", "?", code=200, tracing_id="X")).code == "5000"


def test_a_file_that_does_not_pass_is_heard_by_whoever_waits_for_it() -> None:
    body = {"attachmentId": "A", "errorCode": 4003}

    first, second = decode(frame("UploadFailureEvent", body, tracing_id="X"))

    assert isinstance(first, Answered) and isinstance(second, Answered)
    assert first.tracing_id == "upload:A"
    assert first.failure is not None and first.failure.code == "4003"


def typed(adapter: WebMessaging) -> None:
    Server().run(adapter.perform(SetTyping(True)))


def test_typing_that_is_not_enabled_is_told_apart() -> None:
    adapter, _, _ = opened()
    typed(adapter)
    words = "Turn on the Feature Toggle or fix the configuration."

    refused, _ = decode(frame("string", words, code=403, tracing_id="id-1"), adapter)

    assert isinstance(refused, TypingRefused) and refused.failure.kind == "permission"
    assert not any(
        isinstance(event, TypingRefused)
        for event in decode(frame("string", "x", code=403, tracing_id="other"), adapter)
    )


def test_an_expired_session_is_noticed_by_any_refusal() -> None:
    events = decode(frame("string", "session expired", code=4006, tracing_id="X"))
    assert [type(event) for event in events] == [SessionExpired, Answered]

    expired, _ = decode(frame("string", "session expired", code=4006))
    assert isinstance(expired, SessionExpired)


def test_a_session_that_was_ours_and_is_not_found_any_more_has_expired() -> None:
    lost = frame("string", "session not found", code=4007, tracing_id="X")
    adapter, _, _ = opened()
    assert [type(event) for event in decode(lost, adapter)] == [SessionExpired, Answered]

    assert [type(event) for event in decode(lost)] == [
        Answered
    ]  # While it is being configured: the opening says why.


def test_a_session_that_takes_no_message_any_more_can_be_read() -> None:
    refusal = frame("string", "The session is read-only.", code=409, tracing_id="X")
    adapter, _, _ = opened()

    changed, answered = decode(refusal, adapter)

    assert isinstance(changed, ConversationChanged) and not changed.is_open
    assert changed.why is not None and changed.why.cause == "ended"
    assert isinstance(answered, Answered) and answered.failure is not None
    assert (answered.failure.cause, answered.failure.status) == ("ended", 409)
    assert "start_new_conversation()" in answered.failure.message
    server = Server()
    assert failure_of(lambda: server.run(adapter.perform(PostMessage(DRAFT, "hi")))).cause == "ended"
    assert server.steps == []

    assert [type(event) for event in decode(refusal)] == [Answered]  # No session was ours.


def test_a_token_that_the_server_takes_no_more_is_thrown_away() -> None:
    adapter = guest()
    downgrade = Failure(kind="rejected", message="No.", code="4017")
    failure = failure_of(lambda: opened(adapter, configureSession=downgrade))
    assert "start_new_conversation()" in failure.message and not failure.is_transient
    assert adapter.session_token is None

    server = Server()
    server.run(adapter.perform(StartNewConversation()))
    assert server.frames == []
    _, server, _ = opened(adapter)
    assert server.frames[0]["startNew"] is True
    assert server.frames[0]["token"] not in (TOKEN, None)


def test_the_token_of_a_guest_who_has_signed_in_elsewhere_is_thrown_away() -> None:
    adapter, _, _ = opened()
    decode(frame("ConnectionClosedEvent", {"reason": "signedIn"}), adapter)

    assert adapter.session_token is None
    assert failure_of(lambda: Server().run(adapter.act(EndConversation()))).kind == "unreachable"


@pytest.mark.parametrize(
    "operation",
    [PostMessage(DRAFT, "hi"), SetTyping(True), FetchHistory(), ClearConversation(), CheckHealth()],
)
def test_without_a_session_nothing_can_be_asked_for(operation: Any) -> None:
    """What is under way when the token is thrown away ended with an AssertionError (schedule 14, guest)."""
    adapter, _, _ = opened()
    decode(frame("ConnectionClosedEvent", {"reason": "signedIn"}), adapter)
    server = Server()

    failure = failure_of(lambda: server.run(adapter.perform(operation)))

    assert (failure.kind, server.frames) == ("unreachable", [])
    assert "start_new_conversation()" in failure.message


def test_a_refusal_of_nothing_in_particular_is_counted() -> None:
    assert decode(frame("Error", {}, code=4999)) == UNKNOWN


@pytest.mark.parametrize(
    ("data", "kind", "retry_after_s"),
    [
        (frame("string", "Deployment not found", code=400), "rejected", None),
        (frame("string", "User is unauthorized", code=401), "authentication", None),
        (frame("string", "session not found", code=4007), "not_found", None),
        (frame("Error", {}, code=5000), "unavailable", None),
        (frame("TooManyRequestsErrorMessage", {"retryAfter": 3}, code=429), "rate_limited", 3.0),
    ],
)
def test_a_refusal_that_names_no_request_is_of_the_one_that_is_alone(
    data: bytes, kind: FailureKind, retry_after_s: float | None
) -> None:
    counted, answered = decode(data)

    assert (counted,) == UNKNOWN
    assert isinstance(answered, Answered) and answered.tracing_id == UNNAMED and answered.failure is not None
    assert (answered.failure.kind, answered.failure.retry_after_s) == (kind, retry_after_s)


def test_only_the_configuring_of_a_session_is_alone() -> None:
    adapter, server, _ = opened(config=config(autoStart={"enabled": True}))
    assert [step.is_alone for step in server.steps if isinstance(step, Exchange)] == [True]

    server, _ = posted(adapter, PostMessage(DRAFT, "hi"))
    assert [step.is_alone for step in server.steps if isinstance(step, Exchange)] == [False]


# --- frames: anything else --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        frame("StructuredMessage", 7),
        frame("StructuredMessage", None),
        frame("StructuredMessage", {"id": 1}),
        frame("StructuredMessage", {"id": "a", "channel": 3}),
        frame("UploadSuccessEvent", {}),
    ],
)
def test_what_cannot_be_read_is_counted(data: bytes) -> None:
    assert decode(data) == MALFORMED


@pytest.mark.parametrize(
    "odd", [{"channel": None}, {"channel": 3}, {"metadata": 5}, {"originatingEntity": []}, {"id": 7}]
)
@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"eventType": "Typing", "typing": {"type": "On"}}, TypingNoticed),
        ({"eventType": "Presence", "presence": {"type": "Disconnect"}}, PresenceChanged),
    ],
)
def test_one_odd_field_of_an_event_costs_nothing_else(odd: Any, said: Any, heard: type) -> None:
    events = decode(frame("StructuredMessage", event_body(said, **odd)))

    assert heard in [type(event) for event in events]


def test_one_odd_event_costs_no_other() -> None:
    typing = {"eventType": "Typing", "typing": {"type": "On"}}
    body = {**event_body(typing), "events": [7, {"eventType": 1}, typing]}

    assert [type(event) for event in decode(frame("StructuredMessage", body))] == [TypingNoticed]


def test_who_waits_for_an_answer_that_cannot_be_read_hears_of_it() -> None:
    data = frame("StructuredMessage", 7, tracing_id="X")

    assert decode(data) == (*MALFORMED, Answered(tracing_id="X", body=data))


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"class":7}',
        b'{"code":"x"}',
        b'{"code":' + b"9" * 5000 + b"}",
        frame("Unknown", {}),
        frame("HologramEvent", {"a": 1}),
        frame("StructuredMessage", event_body({"eventType": "CoBrowse"})),
        frame("StructuredMessage", event_body({"eventType": "Typing"})),
        frame("StructuredMessage", event_body({"eventType": "Typing", "typing": {"type": "Maybe"}})),
        frame("StructuredMessage", text_body(type="Hologram")),
        frame("StructuredMessage", text_body("")),
        frame("StructuredMessage", text_body("i" * 129)),
        frame("StructuredMessage", text_body("..")),
    ],
)
def test_what_came_after_us_is_counted(data: bytes) -> None:
    assert decode(data) == UNKNOWN


def test_a_receipt_says_nothing_that_a_guest_knows() -> None:
    assert decode(frame("StructuredMessage", text_body(type="Receipt", status="Read"))) == ()


def test_an_oversized_frame_is_not_read() -> None:
    data = frame("StructuredMessage", text_body(text="x" * tolerant.MAX_FRAME_BYTES))

    assert decode(data) == (FrameIgnored("oversized"),)


def test_half_an_emoji_in_a_frame_is_shown_as_one_that_is_missing() -> None:
    (message,) = decode(frame("StructuredMessage", text_body(text="a\ud83d")))

    assert isinstance(message, MessageArrived) and message.text == "a\ufffd"


def test_an_id_that_is_too_long_traces_nothing() -> None:
    assert decode(frame("string", "x", tracing_id="t" * 129)) == ()


def test_an_error_answer_is_read_as_on_the_platform_api() -> None:
    body = b'{"message":"m","code":"bad.credentials","status":401,"contextId":"c"}'

    assert guest().decode_error(body).correlation_id == "c"
    assert guest().decode_error(b"<html>").code is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CLASSES = st.sampled_from(
    [
        "string",
        "SessionResponse",
        "StructuredMessage",
        "PresignedUrlResponse",
        "AttachmentDeletedResponse",
        "UploadFailureEvent",
        "UploadSuccessEvent",
        "ConnectionClosedEvent",
        "LogoutEvent",
        "SessionExpiredEvent",
        "SessionClearedEvent",
        "JwtResponse",
        "GetConfigurationResponse",
        "GenerateUrlError",
        "TooManyRequestsErrorMessage",
        "ResumeTokenResponse",
        "Error",
        "Unknown",
    ]
)
BODIES = JSON | st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["a" * 32, "", 7]),
        "type": st.sampled_from(["Text", "Event", "Structured", None]),
        "text": JSON,
        "direction": st.sampled_from(["Inbound", "Outbound", "Sideways"]),
        "channel": st.fixed_dictionaries({}, optional={"time": JSON | st.just(TIME), "from": JSON}),
        "content": st.lists(
            st.fixed_dictionaries(
                {"contentType": st.just("Card")}, optional={"card": JSON, "carousel": JSON}
            ),
            max_size=2,
        ),
        "events": st.lists(
            st.fixed_dictionaries(
                {"eventType": st.sampled_from(["Typing", "Presence", "x"])},
                optional={"typing": JSON, "presence": JSON | st.just({"type": "Disconnect"})},
            ),
            max_size=2,
        ),
        "metadata": JSON,
        "attachmentId": JSON,
        "retryAfter": JSON,
        "errorCode": JSON,
    },
)


@settings(max_examples=400)
@given(CLASSES, BODIES, st.sampled_from([200, 403, 4006, 5000]), st.none() | st.text(max_size=5))
def test_no_frame_raises(kind: str, body: Any, code: int, tracing_id: str | None) -> None:
    events = decode(frame(kind, body, code=code, tracing_id=tracing_id))

    assert all(isinstance(event, PLATFORM_EVENTS) for event in events)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    assert all(isinstance(event, PLATFORM_EVENTS) for event in decode(data))
    assert all(
        isinstance(event, PLATFORM_EVENTS) for event in decode(data.decode("utf-8", "surrogateescape"))
    )


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.binary(max_size=3))
def test_no_damaged_frame_raises(position: int, damage: bytes) -> None:
    data = frame("StructuredMessage", text_body(content=[{"contentType": "Card", "card": CARD}]))
    at = position % len(data)

    assert decode(data[:at] + damage + data[at + len(damage) :]) is not None


def test_seen_is_inferred_only_where_that_was_asked_for() -> None:
    assert not guest().profile.infers_seen
    assert guest(infer_seen=True).profile.infers_seen
    with pytest.raises(TypeError, match="infer_seen must be a bool"):
        guest(infer_seen="yes")
