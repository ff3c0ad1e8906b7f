"""The agent's side: every flow, every frame, and whatever else may arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipygenesys import AccessToken, AgentMessaging, ClientCredentials, UserLogin
from ipygenesys._core.model.content import Card, Carousel, Unsupported
from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import (
    AnswerConversation,
    CheckHealth,
    EndConversation,
    FetchHistory,
    FetchMessage,
    FetchMessages,
    MarkRead,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
    WrapUp,
)
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    FrameIgnored,
    History,
    MessageArrived,
    MoveRequested,
    OwnPartLearned,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    StreamRefused,
    TypingNoticed,
)
from ipygenesys._protocols.agent_messaging.channels import CONFLICT_S
from ipygenesys._protocols.agent_messaging.messages import MAX_KNOWN
from ipygenesys._protocols.flow import (
    CANCELLED,
    CallError,
    Commit,
    Flow,
    GetOccasion,
    GetToken,
    InTurn,
    Join,
    Occasion,
    OpenSocket,
    Pause,
    Request,
    SendFrame,
    Step,
    Upload,
)
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, Leftovers
from ipygenesys._wire import agent_messaging as wire

C, U, QUEUE = "conversation-1", "user-1", "queue-1"
ME, GUEST, COLLEAGUE, LEG = "part-agent", "part-customer", "part-colleague", "leg-1"
BASE = "https://sim.example"
MESSAGES_TOPIC = f"v2.users.{U}.conversations.messages"
TYPING_TOPIC = f"v2.users.{U}.conversations.inbound.typing.event"
QUEUE_TOPIC = f"v2.routing.queues.{QUEUE}.conversations.messages"
CONVERSATION_PATH = f"/api/v2/conversations/{C}"
MEDIA_PATH = f"/api/v2/conversations/messages/{C}"
CONNECT_URI = "wss://sim.example/channels/channel-1"
TOKEN = AccessToken("token")
APP = ClientCredentials("client", "secret")

Answer = Any
Script = dict[str, Answer]


def protocol(**changes: Any) -> AgentMessaging:
    options: dict[str, Any] = {"base_url": BASE, "conversation_id": C, "credentials": TOKEN}
    return AgentMessaging(**{**options, **changes})


def failed(kind: FailureKind, status: int | None = None, **fields: Any) -> CallError:
    return CallError(Failure(kind=kind, message=f"It failed: {kind}.", status=status, **fields))


def run(
    flow: Flow[Any], script: Script, occasion: Occasion | None = None, steps: list[Step] | None = None
) -> tuple[Any, list[Step]]:
    """Run a flow; answers by "METHOD path", a list is used up, an exception is thrown in."""
    steps = [] if steps is None else steps
    left = {key: list(answers) if isinstance(answers, list) else answers for key, answers in script.items()}
    try:
        step = next(flow)
        while True:
            steps.append(step)
            answer: Answer = None
            match step:
                case GetOccasion():
                    answer = occasion or Occasion()
                case GetToken():
                    answer = "token"
                case Join(stream=stream, topics=wanted):
                    answer, nested = _joined(stream.open(wanted), left, occasion)
                    steps += nested
                case InTurn(nested_flow):
                    answer, nested = _joined(nested_flow, left, occasion)
                    steps += nested
                case OpenSocket():
                    answer = _next(left, "SOCKET") if "SOCKET" in left else None
                case Request(method=method, path=path):
                    key = f"{method} {path}"
                    assert key in left, f"not expected: {key}"
                    answer = _next(left, key)
                case Upload():
                    answer = _next(left, "PUT") if "PUT" in left else None
                case _:
                    assert isinstance(step, SendFrame | Commit | Pause)
            if isinstance(answer, CallError):
                step = flow.throw(answer)
            else:
                step = flow.send(json.dumps(answer).encode() if isinstance(answer, dict | list) else answer)
    except StopIteration as end:
        return end.value, steps


def _joined(opening: Flow[None], left: Script, occasion: Occasion | None) -> tuple[Answer, list[Step]]:
    """As for who shares its stream with nobody."""
    steps: list[Step] = []
    try:
        run(opening, left, occasion, steps)
    except CallError as error:
        return error, steps
    return None, steps


def _next(left: Script, key: str) -> Answer:
    answers = left[key]
    return answers.pop(0) if isinstance(answers, list) else answers


def requests(steps: list[Step]) -> list[str]:
    return [f"{step.method} {step.path}" for step in steps if isinstance(step, Request)]


def participant(
    id_: str = ME, purpose: str = "agent", state: str = "connected", user: str | None = U, **fields: Any
) -> dict[str, Any]:
    """In the generic form."""
    body: dict[str, Any] = {"id": id_, "purpose": purpose, "name": fields.pop("name", purpose.title())}
    body["messages"] = [{"id": fields.pop("leg", f"leg-of-{id_}"), "state": state, "messages": []}]
    return body | ({"userId": user} if user else {}) | fields


def conversation(*participants: dict[str, Any], state: str = "connected") -> dict[str, Any]:
    both = (
        participant(GUEST, "customer", user=None, name="Gus"),
        participant(leg=LEG, state=state, name="Ann"),
    )
    return {"id": C, "participants": list(participants or both)}


def topics(*ids: str, **rejected: list[str]) -> dict[str, Any]:
    entities: list[dict[str, Any]] = [{"id": id_, "state": "Permitted"} for id_ in ids]
    return {"entities": entities}


def channel(number: int = 1, **changes: Any) -> dict[str, Any]:
    body = {"id": f"channel-{number}", "connectUri": f"wss://sim.example/channels/channel-{number}"}
    return {**body, "expires": "2026-11-24T10:00:00Z", **changes}


def put(number: int = 1) -> str:
    return f"PUT /api/v2/notifications/channels/channel-{number}/subscriptions"


OPENING: Script = {
    "GET /api/v2/users/me": {"id": U, "name": "Ann"},
    f"GET {CONVERSATION_PATH}": conversation(),
    "POST /api/v2/notifications/channels": channel(),
    put(): topics(MESSAGES_TOPIC, TYPING_TOPIC),
}


def opened(
    adapter: AgentMessaging, script: Script | None = None, **occasion: Any
) -> tuple[tuple[PlatformEvent, ...], list[Step]]:
    return run(
        adapter.open_stream(), {**OPENING, **(script or {})}, Occasion(**{"now_s": 1000.0, **occasion})
    )


@pytest.fixture
def agent() -> AgentMessaging:
    """An adapter whose stream is open."""
    adapter = protocol()
    opened(adapter)
    return adapter


def refusal(flow: Flow[Any], script: Script, **occasion: Any) -> Failure:
    with pytest.raises(CallError) as caught:
        run(flow, script, Occasion(**{"now_s": 1000.0, **occasion}))
    return caught.value.failure


def message_data(
    id_: str, text: str | None = "hi", direction: str = "inbound", **fields: Any
) -> dict[str, Any]:
    """As in genesys.md 2.2."""
    normalized = {
        "id": id_,
        "type": "Text",
        "text": text,
        "direction": direction.title(),
        "channel": {
            "platform": "WebMessaging",
            "time": "2026-11-22T10:00:01.000Z",
            "from": {"nickname": "Nick"},
        },
    }
    return {
        "id": id_,
        "conversationId": C,
        "direction": direction,
        "status": "received" if direction == "inbound" else "queued",
        "timestamp": "2026-11-22T10:00:00.000Z",
        "normalizedMessage": {**normalized, **fields.pop("normalized", {})},
        **fields,
    }


# --- construction -----------------------------------------------------------------------------------------


def test_a_region_gives_its_hosts() -> None:
    adapter = protocol(base_url=None, region="eu_west_1")
    assert adapter.endpoints.rest_url == "https://api.mypurecloud.ie"
    assert adapter.endpoints.token_url == "https://login.mypurecloud.ie/oauth/token"
    assert adapter.endpoints.authorize_url == "https://login.mypurecloud.ie/oauth/authorize"
    assert "mypurecloud.ie" in repr(adapter)
    assert adapter.title == "…sation-1"  # the end of the id


def test_a_base_url_stands_for_all_hosts() -> None:
    endpoints = protocol().endpoints
    assert (endpoints.rest_url, endpoints.token_url) == (BASE, f"{BASE}/oauth/token")
    assert endpoints.authorize_url == f"{BASE}/oauth/authorize"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"credentials": "token"}, TypeError),
        ({"conversation_id": 7}, TypeError),
        ({"conversation_id": " "}, ValueError),
        ({"conversation_id": ".."}, ValueError),
        ({"region": "eu_west_1"}, ValueError),
        ({"base_url": None}, ValueError),
        ({"base_url": None, "region": "atlantis"}, ValueError),
    ],
)
def test_a_wrong_argument_is_refused_at_once(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        protocol(**changes)


def test_only_a_user_asks_for_scopes_and_hopes_to_take_part() -> None:
    assert protocol().scopes == wire.Unverified.SCOPES
    assert protocol(credentials=UserLogin("client")).scopes == wire.Unverified.SCOPES
    assert protocol(credentials=APP).scopes == ()
    assert "send_typing" in protocol().profile.capabilities
    assert protocol(credentials=APP).profile.capabilities == {"history"}


def test_no_capability_is_pretended_and_typing_is_refreshed_before_it_runs_out() -> None:
    profile = protocol().profile
    assert "send_read" not in profile.capabilities
    assert not profile.typing_rules.has_off
    rules = profile.typing_rules
    assert rules.per_minute == 12
    assert 60 / rules.per_minute <= rules.refresh_s < wire.Unverified.TYPING_DURATION_MS / 1000
    assert not profile.is_send_idempotent
    assert profile.silence_s == 35.0


# --- opening ----------------------------------------------------------------------------------------------


def test_a_stream_opens_by_user_conversation_channel_topics_and_socket() -> None:
    adapter = protocol()
    learned, steps = opened(adapter)
    assert requests(steps) == [*OPENING]
    assert steps[:2] == [GetOccasion(), GetToken()]
    assert isinstance(steps[-1], OpenSocket)
    assert steps[-1].url == CONNECT_URI
    assert steps[-1].first_frames == ()
    subscription = next(step for step in steps if isinstance(step, Request) and step.method == "PUT")
    assert json.loads(subscription.body or b"") == [{"id": MESSAGES_TOPIC}, {"id": TYPING_TOPIC}]
    assert subscription.query == {"ignoreErrors": "true"}
    assert OwnPartLearned((ME,)) in learned
    assert PresenceChanged(participant_id=GUEST, has_joined=True, name="Gus", role="customer") in learned
    assert CapabilitiesLearned(protocol().profile.capabilities) in learned
    assert ConversationChanged(is_open=True) in learned
    assert learned[-1] == MoveRequested(in_s=23 * 3600.0)


def test_the_user_is_asked_for_once_only(agent: AgentMessaging) -> None:
    _, steps = opened(agent, close_code=1006)
    assert "GET /api/v2/users/me" not in requests(steps)


@pytest.mark.parametrize(("kind", "status"), [("rejected", 400), ("not_found", 404)])
def test_a_token_without_a_user_is_said_to_be_one_with_its_cure(kind: FailureKind, status: int) -> None:
    error = failed(kind, status, correlation_id="c-1", code="bad.request")
    failure = refusal(protocol().open_stream(), {**OPENING, "GET /api/v2/users/me": error})
    assert failure.kind == "permission"
    assert "no user" in failure.message
    assert "UserLogin" in failure.message
    assert (failure.correlation_id, failure.status, failure.code) == ("c-1", status, "bad.request")


@pytest.mark.parametrize("kind", ["authentication", "permission", "unavailable"])
def test_another_failure_to_ask_for_the_user_is_passed_on(kind: FailureKind) -> None:
    assert refusal(protocol().open_stream(), {**OPENING, "GET /api/v2/users/me": failed(kind)}).kind == kind


def test_an_app_watches_by_the_conversations_queue_and_cannot_write() -> None:
    body = conversation(
        participant(GUEST, "customer", user=None),
        participant("acd-1", "acd", user=None, queueId=QUEUE),
        participant(queue={"id": QUEUE}),
    )
    script = {f"GET {CONVERSATION_PATH}": body, put(): topics(QUEUE_TOPIC)}
    learned, steps = opened(protocol(credentials=APP), script)
    assert "GET /api/v2/users/me" not in requests(steps)
    subscription = next(step for step in steps if isinstance(step, Request) and step.method == "PUT")
    assert json.loads(subscription.body or b"") == [{"id": QUEUE_TOPIC}]
    assert CapabilitiesLearned(frozenset({"history"})) in learned
    assert ConversationChanged(is_open=True) in learned


OTHER_QUEUE_TOPIC = "v2.routing.queues.queue-2.conversations.messages"


def watched(**options: Any) -> AgentMessaging:
    """A conversation that is watched by its queue."""
    adapter = protocol(**options)
    body = conversation(
        participant(GUEST, "customer", user=None), participant("acd-1", "acd", user=None, queueId=QUEUE)
    )
    opened(adapter, {f"GET {CONVERSATION_PATH}": body, put(): topics(QUEUE_TOPIC)})
    return adapter


def test_a_conversation_that_is_transferred_to_another_queue_is_watched_there_too() -> None:
    adapter = watched(credentials=APP)
    acd = {"id": "acd-2", "purpose": "acd", "state": "connected", "queue": {"id": "queue-2"}}
    transferred = message_event(acd, topic=QUEUE_TOPIC)

    assert MoveRequested() in decode(adapter, transferred)
    assert MoveRequested() not in decode(adapter, message_event(of_guest(), acd, topic=QUEUE_TOPIC))
    body = conversation(
        participant("acd-1", "acd", "disconnected", None, queueId=QUEUE),
        participant("acd-2", "acd", user=None, queueId="queue-2"),
    )
    script = {f"GET {CONVERSATION_PATH}": body, NEW_CHANNEL: channel(2)}
    learned, steps = opened(adapter, {**script, put(2): topics(QUEUE_TOPIC, OTHER_QUEUE_TOPIC)}, is_move=True)
    subscription = next(step for step in steps if isinstance(step, Request) and step.method == "PUT")
    assert json.loads(subscription.body or b"") == [{"id": QUEUE_TOPIC}, {"id": OTHER_QUEUE_TOPIC}]
    assert MoveRequested() not in learned


def test_who_watches_and_is_then_given_the_conversation_hears_the_customer_type() -> None:
    adapter = watched()

    assert MoveRequested() in decode(adapter, message_event(of_me(), topic=QUEUE_TOPIC))

    script = {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC, TYPING_TOPIC)}
    learned, _ = opened(adapter, script, is_move=True)
    capabilities = next(event for event in learned if isinstance(event, CapabilitiesLearned)).capabilities
    assert "receive_typing" in capabilities


def test_a_queue_that_may_not_be_watched_does_not_hide_the_one_that_may() -> None:
    body = conversation(
        participant("acd-1", "acd", "disconnected", None, queueId=QUEUE),
        participant("acd-2", "acd", user=None, queueId="queue-2"),
    )
    refused = {"id": OTHER_QUEUE_TOPIC, "state": "Rejected"}
    answer = {"entities": [{"id": QUEUE_TOPIC, "state": "Permitted"}, refused]}

    learned, _ = opened(protocol(credentials=APP), {f"GET {CONVERSATION_PATH}": body, put(): answer})

    assert CapabilitiesLearned(frozenset({"history"})) in learned


@pytest.mark.parametrize("credentials", [APP, TOKEN])
def test_what_came_through_no_queue_can_only_be_followed_by_who_takes_part(credentials: Any) -> None:
    script = {**OPENING, f"GET {CONVERSATION_PATH}": conversation(participant(GUEST, "customer", user=None))}
    failure = refusal(protocol(credentials=credentials).open_stream(), script)
    assert failure.kind == "permission"
    assert "no queue" in failure.message


def test_a_refused_topic_is_a_permission_that_is_named() -> None:
    rejected = {
        "id": MESSAGES_TOPIC,
        "state": "Rejected",
        "rejectionReason": "x",
        "missingPermissions": ["conversation:message:view", "conversation:webmessaging:view"],
    }
    failure = refusal(protocol().open_stream(), {**OPENING, put(): {"entities": [rejected]}})
    assert failure.kind == "permission"
    assert "conversation:message:view or conversation:webmessaging:view" in failure.message


def test_a_refused_typing_topic_costs_the_typing_only() -> None:
    entities = [{"id": MESSAGES_TOPIC, "state": "Permitted"}, {"id": TYPING_TOPIC, "state": "Rejected"}]
    learned, _ = opened(protocol(), {put(): {"entities": entities}})
    capabilities = next(event for event in learned if isinstance(event, CapabilitiesLearned)).capabilities
    assert "receive_typing" not in capabilities
    assert "send_typing" in capabilities


def test_a_refused_subscription_is_passed_on() -> None:
    failure = refusal(protocol().open_stream(), {**OPENING, put(): failed("permission", 403)})
    assert failure.kind == "permission"


@pytest.mark.parametrize(
    "uri",
    [
        "wss://elsewhere.example/channels/x",
        "ws://sim.example/channels/x",
        "https://sim.example/channels/x",
        "wss://sim.example@elsewhere.example/",
        "nonsense",
    ],
)
def test_a_channel_on_a_foreign_host_is_refused(uri: str) -> None:
    script = {**OPENING, "POST /api/v2/notifications/channels": channel(connectUri=uri)}
    failure = refusal(protocol().open_stream(), script)
    assert failure.kind == "protocol"
    assert "elsewhere" not in failure.message


def test_a_regions_channel_may_be_on_any_host_of_its_domain() -> None:
    uri = "wss://streaming.mypurecloud.ie/channels/streaming-5-abc"
    script = {"POST /api/v2/notifications/channels": channel(connectUri=uri)}
    _, steps = opened(protocol(base_url=None, region="eu_west_1"), script)
    assert isinstance(steps[-1], OpenSocket) and steps[-1].url == uri


def test_an_offered_conversation_can_be_read_but_not_typed_in() -> None:
    learned, _ = opened(protocol(), {f"GET {CONVERSATION_PATH}": conversation(state="alerting")})
    capabilities = next(event for event in learned if isinstance(event, CapabilitiesLearned)).capabilities
    assert "send_typing" not in capabilities
    assert ConversationChanged(is_open=True) in learned


def test_a_part_that_has_ended_leaves_the_conversation_to_be_read() -> None:
    learned, _ = opened(protocol(), {f"GET {CONVERSATION_PATH}": conversation(state="disconnected")})
    assert ConversationChanged(is_open=False) in learned


def test_the_customers_end_is_the_conversations_end() -> None:
    body = conversation(participant(GUEST, "customer", "disconnected", None), participant(leg=LEG))
    learned, _ = opened(protocol(), {f"GET {CONVERSATION_PATH}": body})
    assert ConversationChanged(is_open=False) in learned


def test_of_several_parts_of_ours_the_connected_one_counts() -> None:
    body = conversation(
        participant("part-old", state="terminated", leg="leg-old"),
        participant(leg=LEG),
        participant(GUEST, "customer"),
    )
    adapter = protocol()
    learned, _ = opened(adapter, {f"GET {CONVERSATION_PATH}": body})
    assert any(isinstance(event, OwnPartLearned) and "part-old" in event.participant_ids for event in learned)
    _, steps = run(adapter.perform(SetTyping(True)), {f"POST {MEDIA_PATH}/communications/{LEG}/typing": None})
    assert len(steps) == 1


def test_what_cannot_be_read_of_a_conversation_does_not_hide_the_rest() -> None:
    body = conversation()
    body["participants"] += [
        7,
        {"id": 5},
        {"id": "p", "purpose": "agent", "messages": ["x", {"id": 3}]},
        {"id": ""},
    ]
    learned, _ = opened(protocol(), {f"GET {CONVERSATION_PATH}": body})
    assert ConversationChanged(is_open=True) in learned


@pytest.mark.parametrize("body", [[], {"participants": []}, "x", {"id": C, "participants": 5}])
def test_an_answer_that_is_no_conversation_is_not_taken_for_one(body: Any) -> None:
    script = {**OPENING, f"GET {CONVERSATION_PATH}": json.dumps(body).encode()}
    assert refusal(protocol().open_stream(), script).kind == "protocol"


# --- channels over time -----------------------------------------------------------------------------------

NEW_CHANNEL = "POST /api/v2/notifications/channels"


def test_after_a_loss_the_channel_is_used_again(agent: AgentMessaging) -> None:
    _, steps = opened(agent, close_code=1006, now_s=1001.0)
    assert NEW_CHANNEL not in requests(steps)
    assert put() in requests(steps)


def test_a_socket_that_is_about_to_close_moves_to_the_same_address(agent: AgentMessaging) -> None:
    frame = {"topicName": "v2.system.socket_closing", "eventBody": {"message": "bye"}}
    assert decode(agent, frame) == (MoveRequested(),)
    _, steps = opened(agent, is_move=True)
    assert NEW_CHANNEL not in requests(steps)
    _, steps = opened(agent, {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}, is_move=True)
    assert NEW_CHANNEL in requests(steps), "the notice counts once"


def test_any_other_move_takes_a_new_channel_so_that_the_old_stream_goes_on(agent: AgentMessaging) -> None:
    learned, steps = opened(agent, {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}, is_move=True)
    assert NEW_CHANNEL in requests(steps)
    assert isinstance(steps[-1], OpenSocket) and steps[-1].url.endswith("channel-2")
    assert learned[-1] == MoveRequested(in_s=23 * 3600.0)


def test_an_old_channel_is_not_used_again(agent: AgentMessaging) -> None:
    script = {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}
    learned, _ = opened(agent, close_code=1006, now_s=1000.0 + 22 * 3600.0)
    assert learned[-1] == MoveRequested(in_s=3600.0)
    _, steps = opened(agent, script, close_code=1006, now_s=1000.0 + 23 * 3600.0)
    assert NEW_CHANNEL in requests(steps)


def test_who_is_driven_off_a_channel_takes_another_one(agent: AgentMessaging) -> None:
    script = {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}
    _, steps = opened(agent, script, close_code=1000, now_s=1000.0 + CONFLICT_S)
    assert NEW_CHANNEL in requests(steps)
    assert put(1) not in requests(steps)


def test_two_who_drive_each_other_off_do_not_race(agent: AgentMessaging) -> None:
    script = {**OPENING, NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}
    opened(agent, script, close_code=1000, now_s=1000.0)
    failure = refusal(agent.open_stream(), script, close_code=1000, now_s=1010.0)
    assert failure.is_transient
    assert failure.retry_after_s == pytest.approx(CONFLICT_S - 10.0)
    assert "20 channels" in failure.message
    again = refusal(agent.open_stream(), script, close_code=None, now_s=1020.0)
    assert again.retry_after_s == pytest.approx(CONFLICT_S - 20.0)
    _, steps = opened(
        agent, {NEW_CHANNEL: channel(3), put(3): topics(MESSAGES_TOPIC)}, now_s=1000.0 + CONFLICT_S
    )
    assert NEW_CHANNEL in requests(steps)


def test_a_channel_that_is_gone_is_replaced(agent: AgentMessaging) -> None:
    script = {put(1): failed("not_found", 404), NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}
    _, steps = opened(agent, script, close_code=1006, now_s=1000.0 + CONFLICT_S)
    assert requests(steps)[-3:] == [put(1), NEW_CHANNEL, put(2)]


def test_a_channel_that_is_gone_at_its_handshake_is_replaced(agent: AgentMessaging) -> None:
    script = {
        "SOCKET": [failed("not_found", 404), None],
        NEW_CHANNEL: channel(2),
        put(2): topics(MESSAGES_TOPIC),
    }
    _, steps = opened(agent, script, close_code=1006)
    assert [type(step) for step in steps].count(OpenSocket) == 2


def test_another_refusal_of_the_handshake_is_passed_on(agent: AgentMessaging) -> None:
    assert refusal(agent.open_stream(), {**OPENING, "SOCKET": failed("unavailable", 503)}).status == 503


@pytest.mark.parametrize("where", [put(), "SOCKET"])
def test_a_new_channel_that_is_gone_at_once_is_no_end(where: str) -> None:
    failure = refusal(protocol().open_stream(), {**OPENING, where: failed("not_found", 404)})
    assert failure.is_transient
    assert "20 channels" in failure.message


def test_each_gateway_has_a_memory_of_its_own(agent: AgentMessaging) -> None:
    other = agent.fresh()
    _, steps = opened(other)
    assert NEW_CHANNEL in requests(steps)
    assert repr(other) == repr(agent)


# --- frames -----------------------------------------------------------------------------------------------


def decode(adapter: AgentMessaging, frame: Any) -> tuple[PlatformEvent, ...]:
    return adapter.decode_frame(frame if isinstance(frame, str | bytes) else json.dumps(frame))


def message_event(*participants: dict[str, Any], id_: str = C, topic: str = MESSAGES_TOPIC) -> dict[str, Any]:
    body = {"id": id_, "participants": list(participants)}
    return {"topicName": topic, "version": "2", "metadata": {"CorrelationId": "x"}, "eventBody": body}


def of_guest(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": GUEST, "purpose": "customer", "state": "connected", "messages": list(messages), **fields}


def of_me(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    who = {"id": ME, "purpose": "agent", "state": "connected", "user": {"id": U}}
    return {**who, "messages": list(messages), **fields}


def named(id_: str, status: str = "received", **fields: Any) -> dict[str, Any]:
    when = {"messageTime": "2026-11-22T10:00:00.000Z", "messageStatus": status}
    return {"message": {"id": id_, "uri": "/x"}, **when, **fields}


def typing_frame(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    normalized = {"type": "Event", "direction": "Inbound", "events": list(events)}
    body = {"conversationId": C, "normalizedMessage": normalized, **changes}
    return {"topicName": TYPING_TOPIC, "version": "2", "eventBody": body}


def typed(type_: str = "On", **fields: Any) -> dict[str, Any]:
    return {"eventType": "Typing", "typing": {"type": type_, **fields}}


def test_the_documents_example_of_a_message_event(agent: AgentMessaging) -> None:
    frame = message_event(of_guest(named("M1")), of_me(named("M2", "delivery-success")))
    assert decode(agent, frame) == (
        MessageArrived(
            id="M1",
            has_content=False,
            participant_id=GUEST,
            sender="Gus",
            role="customer",
            time_ms=1795341600000,
        ),
        MessageArrived(
            id="M2",
            has_content=False,
            participant_id=ME,
            sender="Ann",
            role="agent",
            time_ms=1795341600000,
            status="delivered",
        ),
    )


def test_the_documents_example_of_a_typing_event(agent: AgentMessaging) -> None:
    events = decode(agent, typing_frame(typed(duration=5000)))
    assert events == (TypingNoticed(participant_id=GUEST, is_typing=True, duration_s=5.0),)


@pytest.mark.parametrize("message", ["WebSocket Heartbeat", "pong"])
def test_a_sign_of_life_says_no_more_than_that(agent: AgentMessaging, message: str) -> None:
    assert decode(agent, {"topicName": "channel.metadata", "eventBody": {"message": message}}) == ()


def test_a_message_is_told_once_however_often_it_is_named(agent: AgentMessaging) -> None:
    frame = message_event(of_guest(named("M1")))
    assert len(decode(agent, frame)) == 1
    assert decode(agent, frame) == ()


def test_a_status_goes_from_queued_to_read(agent: AgentMessaging) -> None:
    told = [
        event
        for status in ("queued", "sent", "delivery-success", "delivery-success", "read")
        for event in decode(agent, message_event(of_me(named("M1", status))))
    ]
    assert isinstance(told[0], MessageArrived) and told[0].status == "sent"
    assert told[1:] == [
        ReceiptArrived(message_id="M1", participant_id=GUEST, status="delivered"),
        ReceiptArrived(message_id="M1", participant_id=GUEST, status="read"),
    ]


@pytest.mark.parametrize("status", ["failed", "delivery-failed"])
def test_a_message_that_did_not_arrive_has_failed(agent: AgentMessaging, status: str) -> None:
    decode(agent, message_event(of_me(named("M1", "sent"))))
    (event,) = decode(agent, message_event(of_me(named("M1", status))))
    assert isinstance(event, ReceiptArrived) and event.status == "failed"


def test_why_a_message_failed_is_told_with_it_or_after_it(agent: AgentMessaging) -> None:
    failed_: list[dict[str, Any]] = [
        {},
        {"errorInfo": {"code": "opted.out", "message": "The customer has opted out."}},
        {"errorInfo": {"code": "opted.out", "message": "The customer has opted out."}},
        {"errorInfo": {"code": "server.error"}},
        {"errorInfo": {}},
    ]
    told = [
        event
        for fields in failed_
        for event in decode(agent, message_event(of_me(named("M1", "failed", **fields))))
    ]
    assert [event.error for event in told if isinstance(event, MessageArrived | ReceiptArrived)] == [
        None,
        "The customer has opted out.",
        "server.error",
    ]


def test_the_reasons_of_receipts_say_why_a_message_failed(agent: AgentMessaging) -> None:
    reasons = [{"code": "A", "message": "It is too old."}, {"code": "B"}, {}, {"code": "B"}]
    receipts = [{"id": "M1", "status": "Failed", "reasons": reasons}, {"id": "M1", "status": "Sent"}]
    decode(agent, message_event(of_me(named("M1", "sent"))))
    data = message_data("M1", direction="outbound", status="failed", normalizedReceipts=receipts)
    message, _ = run(agent.perform(FetchMessage("M1")), {BULK: {"entities": [data]}})
    assert (message.status, message.error) == ("failed", "It is too old. B")


def test_a_message_that_was_taken_back_is_told_once(agent: AgentMessaging) -> None:
    decode(agent, message_event(of_guest(named("M1"))))
    (event,) = decode(agent, message_event(of_guest(named("M1", "removed"))))
    assert isinstance(event, MessageArrived)
    assert (event.id, event.is_withdrawn, event.has_content) == ("M1", True, True)
    assert decode(agent, message_event(of_guest(named("M1", "removed")))) == ()
    (new,) = decode(agent, message_event(of_guest(named("M2", "removed"))))
    assert isinstance(new, MessageArrived) and new.is_withdrawn


@pytest.mark.parametrize(
    "fields", [{"status": "removed"}, {"normalizedReceipts": [{"id": "M1", "status": "Removed"}]}], ids=str
)
def test_content_that_was_taken_back_says_so(agent: AgentMessaging, fields: dict[str, Any]) -> None:
    data = message_data("M1", **fields)
    message, _ = run(agent.perform(FetchMessage("M1")), {BULK: {"entities": [data]}})
    assert message.is_withdrawn


def test_history_tells_what_was_taken_back_meanwhile(agent: AgentMessaging) -> None:
    history(agent, references(1, 2), bulk(1, 2))
    refs = references(1, 2)
    refs["participants"][0]["messages"][0]["messageStatus"] = "removed"
    page, _ = history(agent, refs, {}, after="M2")
    assert [(message.id, message.is_withdrawn) for message in page.messages] == [("M1", True), ("M2", False)]


def test_that_a_customers_message_was_read_is_not_for_us(agent: AgentMessaging) -> None:
    (event,) = decode(agent, message_event(of_guest(named("M1", "read"))))
    assert isinstance(event, MessageArrived) and event.status is None


def test_an_unknown_status_is_counted_and_the_message_told(agent: AgentMessaging) -> None:
    events = decode(agent, message_event(of_me(named("M1", "teleported"))))
    assert FrameIgnored("unknown_value") in events
    assert any(isinstance(event, MessageArrived) for event in events)


def test_an_unknown_purpose_and_state_are_counted_once(agent: AgentMessaging) -> None:
    stranger = {"id": "p9", "purpose": "robot", "state": "levitating", "direction": "inbound", "name": "R"}
    events = decode(agent, message_event({**stranger, "messages": [named("M1")]}))
    assert events.count(FrameIgnored("unknown_value")) == 2
    message = next(event for event in events if isinstance(event, MessageArrived))
    assert (message.role, message.sender) == ("customer", "R")
    assert decode(agent, message_event({**stranger, "messages": []})) == ()


@pytest.mark.parametrize(
    ("purpose", "role"), [("external", "customer"), ("workflow", "bot"), ("bot", "bot"), ("acd", "system")]
)
def test_a_purpose_gives_a_role(agent: AgentMessaging, purpose: str, role: str) -> None:
    frame = message_event({"id": "p9", "purpose": purpose, "messages": [named("M1")]})
    message = next(event for event in decode(agent, frame) if isinstance(event, MessageArrived))
    assert message.role == role


def test_what_is_no_message_of_the_conversation_is_not_told(agent: AgentMessaging) -> None:
    events = [
        named("M1", messageMetadata={"type": "Event"}),
        named("M2", messageMetadata={"type": "Receipt"}),
    ]
    assert decode(agent, message_event(of_guest(*events))) == ()
    assert len(decode(agent, message_event(of_guest(named("M3", messageMetadata={"type": "Text"}))))) == 1


def test_our_part_is_answered_ends_and_begins_again(agent: AgentMessaging) -> None:
    over = decode(agent, message_event(of_me(state="disconnected")))
    assert ConversationChanged(is_open=False) in over
    assert any(isinstance(event, PresenceChanged) and not event.has_joined for event in over)
    again = decode(agent, message_event(of_me(state="alerting", id="part-again")))
    assert OwnPartLearned(("part-again",)) in again
    assert ConversationChanged(is_open=True) in again
    answered = decode(agent, message_event(of_me(state="connected", id="part-again")))
    assert any(isinstance(e, CapabilitiesLearned) and "send_typing" in e.capabilities for e in answered)


def test_the_customer_leaves_and_the_conversation_is_over(agent: AgentMessaging) -> None:
    assert ConversationChanged(is_open=False) in decode(agent, message_event(of_guest(state="disconnected")))
    assert decode(agent, message_event(of_guest(state=None))) == ()


def test_a_colleague_joins_and_is_not_us(agent: AgentMessaging) -> None:
    colleague = {
        "id": COLLEAGUE,
        "purpose": "agent",
        "state": "connected",
        "user": {"id": "user-2"},
        "name": "Ben",
    }
    events = decode(agent, message_event({**colleague, "messages": [named("M1", "sent")]}))
    assert not any(isinstance(event, OwnPartLearned) for event in events)
    message = next(event for event in events if isinstance(event, MessageArrived))
    assert (message.sender, message.role, message.status) == ("Ben", "agent", None)


def test_messages_of_one_event_come_in_order(agent: AgentMessaging) -> None:
    early = named("M9") | {"messageTime": "2026-11-22T09:00:00Z"}
    events = decode(agent, message_event(of_guest(named("M1")), of_me(early)))
    assert [event.id for event in events if isinstance(event, MessageArrived)] == ["M9", "M1"]


@pytest.mark.parametrize(
    "frame",
    [message_event(of_guest(named("M1")), id_="other"), typing_frame(typed(), conversationId="other")],
    ids=["messages", "typing"],
)
def test_another_conversation_is_counted_and_left_alone(agent: AgentMessaging, frame: Any) -> None:
    assert decode(agent, frame) == (FrameIgnored("other_conversation"),)


def test_typing_that_stops_or_has_no_duration_is_understood(agent: AgentMessaging) -> None:
    assert decode(agent, typing_frame(typed(), typed("Off"))) == (
        TypingNoticed(participant_id=GUEST, is_typing=True),
        TypingNoticed(participant_id=GUEST, is_typing=False),
    )


def test_unknown_kinds_of_typing_are_counted(agent: AgentMessaging) -> None:
    frame = typing_frame(typed("Dictating"), {"eventType": "Dancing"}, {"eventType": "Typing"})
    assert decode(agent, frame) == (FrameIgnored("unknown_value"),) * 3
    assert decode(agent, typing_frame(normalizedMessage=None)) == ()


def test_typing_has_the_time_at_which_it_was_noticed(agent: AgentMessaging) -> None:
    events = [{"eventType": "Typing", "typing": {"type": "On"}}]
    message = {"type": "Event", "channel": {"time": "1970-01-01T00:00:01Z"}, "events": events}
    body = {"conversationId": C, "normalizedMessage": message}

    (typing,) = agent.decode_frame(json.dumps({"topicName": TYPING_TOPIC, "eventBody": body}))

    assert typing == TypingNoticed(participant_id=GUEST, is_typing=True, time_ms=1000)


def test_our_own_typing_is_not_the_customers(agent: AgentMessaging) -> None:
    frame = typing_frame(normalizedMessage={"direction": "Outbound", "events": [typed()]})
    assert decode(agent, frame) == ()


@pytest.mark.parametrize(
    "frame",
    [
        {"topicName": "v2.system.no_longer_subscribed.x", "eventBody": {"message": "x"}},
        {"result": "404", "message": "expired"},
        {"result": 404},
    ],
    ids=str,
)
def test_a_channel_that_delivers_no_more_is_left_for_a_new_one(agent: AgentMessaging, frame: Any) -> None:
    assert decode(agent, frame) == (MoveRequested(is_deaf=True),)
    script = {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)}
    _, steps = opened(agent, script, is_move=True, now_s=1001.0)
    assert NEW_CHANNEL in requests(steps)


def test_a_revoked_token_ends_the_stream_and_asks_for_another(agent: AgentMessaging) -> None:
    frame = {"topicName": f"v2.system.token_revoked.{U}", "eventBody": {"message": "x"}}
    (event,) = decode(agent, frame)
    assert isinstance(event, StreamRefused)
    assert event.failure.kind == "authentication"
    assert "revoked" in event.failure.message


@pytest.mark.parametrize(
    "frame",
    [
        {"topicName": "v2.users.other.conversations.messages", "eventBody": {}},
        {"topicName": "v2.new.topic", "eventBody": {"x": [1]}},
        {"result": "200", "status": "subscribed"},
        {"topicName": 7},
        {},
    ],
    ids=str,
)
def test_what_is_not_known_is_counted(agent: AgentMessaging, frame: Any) -> None:
    assert decode(agent, frame) == (FrameIgnored("unknown_event"),)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "7",
        b"\xff\xfe",
        "[" * 5000,
        {"topicName": MESSAGES_TOPIC, "eventBody": []},
    ],
    ids=lambda frame: str(frame)[:20],
)
def test_what_cannot_be_read_is_counted(agent: AgentMessaging, frame: Any) -> None:
    assert decode(agent, frame) == (FrameIgnored("malformed"),)


def test_a_huge_frame_is_not_read(agent: AgentMessaging) -> None:
    assert decode(agent, "x" * (MAX_FRAME_BYTES + 1)) == (FrameIgnored("oversized"),)


def test_one_bad_participant_does_not_hide_the_others(agent: AgentMessaging) -> None:
    frame = message_event({"id": 7}, {"purpose": "agent"}, of_guest({"message": {"id": ""}}, {}, named("M1")))
    with Leftovers() as names:
        events = decode(agent, frame)
    assert [event.id for event in events if isinstance(event, MessageArrived)] == ["M1"]
    assert names == ["id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TOPICS = st.sampled_from(
    [MESSAGES_TOPIC, TYPING_TOPIC, QUEUE_TOPIC, "channel.metadata", "v2.system.socket_closing"]
)
SHAPES: list[Callable[[Any], Any]] = [
    lambda junk: {"id": C, "participants": junk},
    lambda junk: {"id": C, "participants": [junk]},
    lambda junk: {"id": C, "participants": [{"id": "p", "purpose": "agent", "messages": junk}]},
    lambda junk: {"id": C, "participants": [{"id": "p", "user": junk, "messages": [{"message": junk}]}]},
    lambda junk: {"conversationId": C, "normalizedMessage": {"events": junk}},
    lambda junk: {
        "conversationId": C,
        "normalizedMessage": {"events": [{"eventType": "Typing", "typing": junk}]},
    },
    lambda junk: junk,
]


@settings(max_examples=300, deadline=None)
@given(topic=TOPICS, junk=JSON, shape=st.sampled_from(SHAPES))
def test_no_frame_raises(topic: str, junk: Any, shape: Callable[[Any], Any]) -> None:
    adapter = protocol()
    opened(adapter)
    for event in adapter.decode_frame(json.dumps({"topicName": topic, "eventBody": shape(junk)})):
        assert isinstance(event, PlatformEvent.__args__)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_junk_raises(data: bytes | str) -> None:
    assert protocol().decode_frame(data) in (
        (FrameIgnored("malformed"),),
        (FrameIgnored("unknown_event"),),
    )


# --- sending ----------------------------------------------------------------------------------------------

SEND = f"POST {MEDIA_PATH}/communications/{LEG}/messages"
TYPE = f"POST {MEDIA_PATH}/communications/{LEG}/typing"


def test_a_message_goes_to_our_communication_once(agent: AgentMessaging) -> None:
    answer = message_data("M1", "hello", "outbound", createdBy={"id": U})
    sent, steps = run(agent.perform(PostMessage("d1", "hello")), {SEND: answer})
    commit, request = steps
    assert isinstance(commit, Commit)
    assert isinstance(request, Request)
    assert json.loads(request.body or b"") == {"textBody": "hello"}
    assert request.needs == wire.PERMISSIONS_SEND
    assert (sent.id, sent.text, sent.participant_id, sent.sender, sent.role, sent.status) == (
        "M1",
        "hello",
        ME,
        "Ann",
        "agent",
        "sent",
    )


def test_the_echo_of_a_send_tells_only_what_is_new(agent: AgentMessaging) -> None:
    run(agent.perform(PostMessage("d1", "hello")), {SEND: message_data("M1", "hello", "outbound")})
    assert decode(agent, message_event(of_me(named("M1", "queued")))) == ()
    (event,) = decode(agent, message_event(of_me(named("M1", "delivery-success"))))
    assert isinstance(event, ReceiptArrived)


def test_an_answer_without_text_leaves_our_own(agent: AgentMessaging) -> None:
    answer = {"id": "M1", "status": "queued"}
    sent, _ = run(agent.perform(PostMessage("d1", "half \ud83d")), {SEND: answer})
    assert sent.text == "half ?"


@pytest.mark.parametrize("answer", [{"id": ""}, {"status": "queued"}, b"[]"], ids=str)
def test_an_answer_that_is_no_message_is_not_taken_for_one(agent: AgentMessaging, answer: Any) -> None:
    with pytest.raises(msgspec.DecodeError):
        run(agent.perform(PostMessage("d1", "x")), {SEND: answer})


@pytest.mark.parametrize("kind", ["lost", "unavailable", "permission", "rate_limited", "rejected"])
def test_a_send_that_failed_is_never_repeated_here(agent: AgentMessaging, kind: FailureKind) -> None:
    flow = agent.perform(PostMessage("d1", "x"))
    next(flow)
    flow.send(None)
    with pytest.raises(CallError) as caught:
        flow.throw(failed(kind))
    assert caught.value.failure.kind == kind


def test_a_communication_that_is_gone_is_looked_up_again(agent: AgentMessaging) -> None:
    script = {
        SEND: failed("not_found", 404),
        f"GET {CONVERSATION_PATH}": conversation(participant(leg="leg-2")),
        f"POST {MEDIA_PATH}/communications/leg-2/messages": message_data("M1", "x", "outbound"),
    }
    sent, steps = run(agent.perform(PostMessage("d1", "x")), script)
    assert sent.id == "M1"
    assert len(requests(steps)) == 3
    script = {f"POST {MEDIA_PATH}/communications/leg-2/messages": failed("not_found", 404)}
    script |= {f"GET {CONVERSATION_PATH}": conversation(participant(leg="leg-2"))}
    assert refusal(agent.perform(PostMessage("d2", "x")), script).kind == "not_found"


def test_what_a_call_learns_of_the_conversation_is_told_by_the_next_frame_or_page(
    agent: AgentMessaging,
) -> None:
    script = {SEND: failed("not_found", 404), f"GET {CONVERSATION_PATH}": conversation(state="disconnected")}
    assert refusal(agent.perform(PostMessage("d1", "x")), script).kind == "rejected"
    pong = {"topicName": "channel.metadata", "eventBody": {"message": "pong"}}
    assert ConversationChanged(is_open=False) in decode(agent, pong)
    assert decode(agent, pong) == ()


def test_what_a_call_has_learned_does_not_outlive_the_stream(agent: AgentMessaging) -> None:
    script = {SEND: failed("not_found", 404), f"GET {CONVERSATION_PATH}": conversation(state="disconnected")}
    refusal(agent.perform(PostMessage("d1", "x")), script)
    learned, _ = opened(agent, {NEW_CHANNEL: channel(2), put(2): topics(MESSAGES_TOPIC)})
    assert ConversationChanged(is_open=True) in learned
    assert decode(agent, {"topicName": "channel.metadata", "eventBody": {"message": "pong"}}) == ()


def test_who_only_watches_is_told_what_it_takes_to_write() -> None:
    body = conversation(participant(GUEST, "customer", user=None, queueId=QUEUE))
    script = {f"GET {CONVERSATION_PATH}": body, put(): topics(QUEUE_TOPIC)}
    for credentials, cure in ((APP, "UserLogin"), (TOKEN, "takes part")):
        adapter = protocol(credentials=credentials)
        opened(adapter, script)
        failure = refusal(adapter.perform(PostMessage("d1", "x")), {**OPENING, **script})
        assert failure.kind == "permission"
        assert cure in failure.message


@pytest.mark.parametrize(("state", "cure"), [("alerting", "answer()"), ("disconnected", "over")])
def test_what_is_not_connected_takes_no_message(state: str, cure: str) -> None:
    adapter = protocol()
    opened(adapter, {f"GET {CONVERSATION_PATH}": conversation(state=state)})
    failure = refusal(adapter.perform(PostMessage("d1", "x")), {})
    assert failure.kind == "rejected"
    assert cure in failure.message


def test_a_text_that_is_too_long_is_refused_before_it_is_sent(agent: AgentMessaging) -> None:
    limit = wire.Unverified.MAX_TEXT_CHARACTERS
    run(agent.perform(PostMessage("d1", "x" * limit)), {SEND: message_data("M1", "x", "outbound")})
    failure = refusal(agent.perform(PostMessage("d2", "x" * (limit + 1))), {})
    assert (failure.kind, failure.code) == ("rejected", "text.too.long")
    assert "4000 characters" in failure.message


# --- files

ANNOUNCE = f"POST {MEDIA_PATH}/communications/{LEG}/messages/media/uploads"
LOOK = f"GET {MEDIA_PATH}/communications/{LEG}/messages/media/F1"
FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=123)
ADDRESS = {
    "id": "F1",
    "uploadUrl": f"{BASE}/put/F1?s=1",
    "uploadHeaders": {"x-amz-tagging": "t", "Host": "evil"},
}
FILE_SCRIPT: Script = {
    ANNOUNCE: ADDRESS,
    LOOK: {"id": "F1", "status": "valid"},
    SEND: message_data("M1", "", "outbound"),
}


def post_file(agent: AgentMessaging, *, file: OutgoingFile = FILE, text: str = "", **script: Any) -> Any:
    names = {"announce": ANNOUNCE, "look": LOOK, "send": SEND, "put": "PUT"}
    answers = {names[name]: answer for name, answer in script.items()}
    return run(agent.perform(PostMessage("d1", text, None, file)), {**FILE_SCRIPT, **answers})


def file_refusal(agent: AgentMessaging, *, file: OutgoingFile = FILE, **script: Any) -> Failure:
    with pytest.raises(CallError) as caught:
        post_file(agent, file=file, **script)
    return caught.value.failure


def test_a_file_is_announced_put_there_seen_to_be_valid_and_then_sent(agent: AgentMessaging) -> None:
    sent, steps = post_file(agent)
    assert sent.id == "M1"
    assert requests(steps) == [ANNOUNCE, LOOK, SEND]
    announce, upload, _, commit, send = steps
    assert json.loads(announce.body) == {"fileName": "a.png", "contentLengthBytes": 123}
    assert "conversation:message:create" in announce.needs
    assert (upload.url, upload.headers) == (ADDRESS["uploadUrl"], {"x-amz-tagging": "t"})
    assert (upload.draft_id, upload.file) == ("d1", FILE)
    assert isinstance(commit, Commit)
    assert json.loads(send.body) == {"mediaIds": ["F1"]}


def test_a_file_that_the_server_still_looks_at_is_asked_for_again(agent: AgentMessaging) -> None:
    looking = {"id": "F1", "status": "uploading"}
    _, steps = post_file(agent, look=[looking, looking, {"id": "F1", "status": "valid"}])
    assert [step.seconds for step in steps if isinstance(step, Pause)] == [0.5, 1.0]


def test_a_file_that_the_server_never_stops_looking_at_was_not_sent(agent: AgentMessaging) -> None:
    failure = file_refusal(agent, look={"id": "F1"})
    assert failure.kind == "unreachable"
    assert "60 s" in failure.message


def test_a_file_that_the_server_finds_invalid_is_refused(agent: AgentMessaging) -> None:
    failure = file_refusal(agent, look={"id": "F1", "status": "invalid"})
    assert (failure.kind, failure.code) == ("rejected", "media.invalid")


def test_an_empty_file_is_refused_before_it_is_announced(agent: AgentMessaging) -> None:
    empty = msgspec.structs.replace(FILE, size_bytes=0)
    assert file_refusal(agent, file=empty, announce=AssertionError).code == "file.empty"


def test_an_agents_address_that_has_expired_is_asked_for_once_more(agent: AgentMessaging) -> None:
    expired = failed("permission", 403)
    _, steps = post_file(agent, put=[expired, None])
    assert requests(steps) == [ANNOUNCE, ANNOUNCE, LOOK, SEND]
    assert file_refusal(agent, put=expired) == expired.failure


@pytest.mark.parametrize("step", ["announce", "put", "look"])
@pytest.mark.parametrize(("kind", "status"), [("lost", None), ("unavailable", 500)])
def test_a_file_whose_fate_is_unknown_was_not_sent_with_a_message(
    agent: AgentMessaging, step: str, kind: FailureKind, status: int | None
) -> None:
    assert file_refusal(agent, **{step: cast("Any", failed(kind, status))}).kind == "unreachable"


@pytest.mark.parametrize("step", ["announce", "put", "look"])
def test_an_agents_file_can_be_cancelled_until_its_message_goes_out(agent: AgentMessaging, step: str) -> None:
    assert file_refusal(agent, **{step: cast("Any", CallError(CANCELLED))}) == CANCELLED


@pytest.mark.parametrize("answer", [b"[]", {"id": ""}, {"id": "", "uploadUrl": "x"}], ids=str)
def test_an_answer_that_names_no_address_is_not_of_this_protocol(agent: AgentMessaging, answer: Any) -> None:
    assert file_refusal(agent, announce=answer).kind == "protocol"


def test_a_file_goes_to_no_host_of_somebody_else(agent: AgentMessaging) -> None:
    failure = file_refusal(agent, announce={**ADDRESS, "uploadUrl": "https://elsewhere.example/x"})
    assert failure.kind == "protocol"
    assert "outside this region" in failure.message


def test_a_missing_permission_to_upload_is_named(agent: AgentMessaging) -> None:
    refused = failed("permission", 403)
    assert file_refusal(agent, announce=refused) == refused.failure


def test_typing_says_on_with_its_duration_and_never_off(agent: AgentMessaging) -> None:
    _, (request,) = run(agent.perform(SetTyping(True)), {TYPE: b""})
    assert isinstance(request, Request)
    assert json.loads(request.body or b"") == {
        "typing": {"type": "On", "duration": wire.Unverified.TYPING_DURATION_MS}
    }
    assert run(agent.perform(SetTyping(False)), {}) == (None, [])


def test_a_check_of_health_is_a_ping(agent: AgentMessaging) -> None:
    _, steps = run(agent.perform(CheckHealth()), {})
    assert steps == [SendFrame('{"message":"ping"}')]


@pytest.mark.parametrize("operation", [MarkRead("m"), StartNewConversation()], ids=lambda o: type(o).__name__)
def test_what_agents_cannot_do_is_said_to_be_so(agent: AgentMessaging, operation: Any) -> None:
    assert refusal(agent.perform(operation), {}).kind == "unsupported"


# --- fetching ---------------------------------------------------------------------------------------------

BULK = f"POST {MEDIA_PATH}/messages/bulk"


def test_content_comes_in_bulk(agent: AgentMessaging) -> None:
    decode(agent, message_event(of_guest(named("M1")), of_me(named("M2", "sent"))))
    answer = {
        "entities": [message_data("M1"), message_data("M2", "yo", "outbound", status="delivery-success")]
    }
    result, (request,) = run(agent.perform(FetchMessages(("M1", "M2"))), {BULK: answer})
    assert isinstance(request, Request)
    assert json.loads(request.body or b"") == ["M1", "M2"]
    assert [(m.id, m.text, m.participant_id, m.role, m.status) for m in result.messages] == [
        ("M1", "hi", GUEST, "customer", None),
        ("M2", "yo", ME, "agent", "delivered"),
    ]


def test_one_message_is_fetched_the_same_way(agent: AgentMessaging) -> None:
    result, _ = run(agent.perform(FetchMessage("M1")), {BULK: {"entities": [message_data("M1")]}})
    assert isinstance(result, MessageArrived) and result.text == "hi"
    assert run(agent.perform(FetchMessage("M1")), {BULK: {"entities": []}})[0] is None


def test_a_bulk_call_takes_so_many_ids_and_no_more(agent: AgentMessaging) -> None:
    ids = tuple(f"M{n}" for n in range(wire.MAX_BULK + 1))
    _, steps = run(agent.perform(FetchMessages(ids)), {BULK: {"entities": []}})
    assert len(steps) == 2


def test_one_message_that_cannot_be_read_does_not_hide_the_others(agent: AgentMessaging) -> None:
    answer = {"entities": [{"id": 7}, {"id": ""}, 5, message_data("M1")]}
    result, _ = run(agent.perform(FetchMessages(("M1",))), {BULK: answer})
    assert [message.id for message in result.messages] == ["M1"]


def test_the_furthest_receipt_counts(agent: AgentMessaging) -> None:
    receipts = [{"status": "Read"}, {"status": "Delivered"}, {"status": "Levitated"}, {}]
    data = message_data("M1", "x", "outbound", createdBy={"id": U}, normalizedReceipts=receipts)
    result, _ = run(agent.perform(FetchMessage("M1")), {BULK: {"entities": [data]}})
    assert result.status == "read"


def test_a_message_of_an_unknown_sender_has_a_role_and_a_name_all_the_same(agent: AgentMessaging) -> None:
    human, bot = (
        message_data(id_, direction="outbound", normalized={"originatingEntity": entity})
        for id_, entity in (("M1", "Human"), ("M2", "Bot"))
    )
    result, _ = run(agent.perform(FetchMessages(("M1", "M2"))), {BULK: {"entities": [human, bot]}})
    assert [(m.role, m.sender) for m in result.messages] == [("agent", "Nick"), ("bot", "Nick")]
    other = protocol(credentials=APP)
    result, _ = run(other.perform(FetchMessage("M3")), {BULK: {"entities": [message_data("M3")]}})
    assert (result.role, result.participant_id) == ("customer", None)


def test_a_files_fresh_address_comes_with_its_message_fetched_again(agent: AgentMessaging) -> None:
    file = {"id": "A", "filename": "a.png", "url": "https://fresh.example/a"}
    content = [{"contentType": "Attachment", "attachment": file}]
    data = message_data("M1", None, normalized={"content": content, "type": "Structured", "channel": None})

    result, _ = run(agent.perform(RefreshAttachment("M1", "A")), {BULK: {"entities": [data]}})

    assert [(each.id, each.url) for each in result.attachments] == [("A", "https://fresh.example/a")]


def test_files_cards_and_answers_show_as_far_as_they_can_be_read(agent: AgentMessaging) -> None:
    content = [
        {
            "contentType": "Attachment",
            "attachment": {"filename": "a.png", "mime": "image/png", "url": "https://x"},
        },
        {"contentType": "Attachment", "attachment": {"contentSizeBytes": 5}},
        {"contentType": "ButtonResponse", "buttonResponse": {"text": "Yes", "payload": "yes"}},
        {"contentType": "Card", "card": {"title": "Shoes", "description": "Red", "image": 7}},
        {"contentType": "Carousel", "carousel": {"cards": [{"title": "One"}, 7]}},
        {"contentType": "Hologram"},
    ]
    data = message_data("M1", None, normalized={"content": content, "type": "Structured", "channel": None})
    result, _ = run(agent.perform(FetchMessage("M1")), {BULK: {"entities": [data]}})
    assert result.text == "Yes\nShoes\nRed\nOne\nUnsupported content: Hologram"
    assert result.content[1:] == (
        Card(title="Shoes", description="Red"),
        Carousel(cards=(Card(title="One"),)),
        Unsupported(type="Hologram"),
    )
    assert [(a.name, a.media_type, a.size_bytes) for a in result.attachments] == [
        ("a.png", "image/png", None),
        ("file", None, 5),
    ]


# --- history ----------------------------------------------------------------------------------------------

MEDIA = f"GET {MEDIA_PATH}"


def references(*numbers: int, own: tuple[int, ...] = (), status: str = "sent") -> dict[str, Any]:
    """In the media form: message ``M{n}`` at minute ``n``; those in ``own`` are ours."""

    def one(number: int) -> dict[str, Any]:
        is_own = number in own
        time = f"2026-11-22T10:{number:02}:00.000Z"
        return {
            "messageId": f"M{number}",
            "messageTime": time,
            "messageStatus": status if is_own else "received",
        }

    guests = [one(n) for n in numbers if n not in own]
    return {
        "id": C,
        "participants": [
            {"id": GUEST, "purpose": "customer", "messages": [*guests, 7, {"messageId": ""}]},
            {"id": ME, "purpose": "agent", "messages": [one(n) for n in numbers if n in own]},
            {"id": 7},
        ],
    }


def bulk(*numbers: int) -> dict[str, Any]:
    entities = [message_data(f"M{n}", f"text {n}", timestamp=f"2026-11-22T10:{n:02}:00Z") for n in numbers]
    return {"entities": entities}


def history(
    adapter: AgentMessaging, refs: dict[str, Any], answer: dict[str, Any], **bounds: Any
) -> tuple[Any, Any]:
    return run(adapter.perform(FetchHistory(**bounds)), {MEDIA: refs, BULK: answer})


def ids(page: History) -> list[str]:
    return [message.id for message in page.messages]


def test_the_newest_page_is_oldest_first_with_its_texts(agent: AgentMessaging) -> None:
    page, steps = history(agent, references(1, 2, 3), bulk(3, 2), limit=2)
    assert [(m.id, m.text) for m in page.messages] == [("M2", "text 2"), ("M3", "text 3")]
    assert page.has_more
    assert requests(steps) == [MEDIA, BULK]


def test_the_page_before_a_message(agent: AgentMessaging) -> None:
    page, _ = history(agent, references(1, 2, 3), bulk(1, 2), before="M3", limit=5)
    assert ids(page) == ["M1", "M2"]
    assert not page.has_more


def test_the_page_after_a_message(agent: AgentMessaging) -> None:
    history(agent, references(1, 2), bulk(1, 2))
    page, _ = history(agent, references(1, 2, 3, 4, 5), bulk(3, 4, 5), after="M2", limit=2)
    assert ids(page) == ["M3", "M4"]
    assert page.has_more


def test_nothing_new_costs_one_call(agent: AgentMessaging) -> None:
    history(agent, references(1), bulk(1))
    page, steps = history(agent, references(1), {}, after="M1")
    assert ids(page) == []
    assert not page.has_more
    assert requests(steps) == [MEDIA]


def test_who_wrote_a_message_is_known_of_its_conversation_though_its_content_does_not_say(
    agent: AgentMessaging,
) -> None:
    data = message_data("M1", direction="outbound", timestamp="2026-11-22T10:01:00Z")
    page, _ = history(agent, references(1, own=(1,)), {"entities": [data]})
    (message,) = page.messages
    assert message.participant_id == ME


NO_ANSWERS = [b"<html>Please log in</html>", [], 7, None, "", {"message": "x"}, b""]


@pytest.mark.parametrize("body", NO_ANSWERS, ids=repr)
@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("GET /api/v2/users/me", "Asking who the token's user is"),
        (f"GET {CONVERSATION_PATH}", "Fetching the conversation"),
        (NEW_CHANNEL, "Making a notification channel"),
    ],
)
def test_a_body_that_is_no_answer_is_a_failure_with_its_cure(call: str, words: str, body: Any) -> None:
    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    failure = refusal(protocol().open_stream(), {**OPENING, call: said})
    assert failure.kind == "protocol"
    assert failure.message.startswith(f"{words}: what came back is no answer of Genesys Cloud")
    assert "Check the region or the base URL" in failure.message


def is_over(refs: dict[str, Any]) -> dict[str, Any]:
    """The same, but all have left."""
    people = [
        person if person["id"] == 7 else {**person, "state": "disconnected"}
        for person in refs["participants"]
    ]
    return {**refs, "participants": people}


def test_history_tells_that_the_conversation_is_over_when_the_notification_was_lost(
    agent: AgentMessaging,
) -> None:
    page, _ = history(agent, is_over(references(1)), bulk(1))
    assert ConversationChanged(is_open=False) in page.learned
    assert not any(isinstance(event, FrameIgnored) for event in page.learned)
    page, _ = history(agent, is_over(references(1)), {}, after="M1")
    assert page.learned == ()


def test_what_a_page_has_told_of_the_conversation_is_not_lost_with_its_texts(agent: AgentMessaging) -> None:
    script = {MEDIA: is_over(references(1)), BULK: failed("lost")}
    assert refusal(agent.perform(FetchHistory()), script).kind == "lost"
    page, _ = history(agent, is_over(references(1)), bulk(1))
    assert ConversationChanged(is_open=False) in page.learned


def test_a_notification_that_has_overtaken_history_knows_better(agent: AgentMessaging) -> None:
    flow = agent.perform(FetchHistory())
    next(flow)
    assert ConversationChanged(is_open=False) in decode(
        agent, message_event(*is_over(references())["participants"])
    )
    with pytest.raises(StopIteration) as ended:
        flow.send(msgspec.json.encode(references()))
    assert ended.value.value.learned == ()


def test_a_hole_before_the_bound_is_filled(agent: AgentMessaging) -> None:
    history(agent, references(1, 3), bulk(1, 3))
    page, _ = history(agent, references(1, 2, 3, 4), bulk(2, 4), after="M3")
    assert ids(page) == ["M2", "M4"]


def test_what_became_of_our_messages_meanwhile_is_told_and_the_bound_stays_last(
    agent: AgentMessaging,
) -> None:
    history(agent, references(1, 2, own=(1,)), {"entities": []})
    page, steps = history(agent, references(1, 2, own=(1,), status="read"), {}, after="M2")
    assert [(m.id, m.has_content, m.status) for m in page.messages] == [
        ("M1", False, "read"),
        ("M2", False, None),
    ]
    assert requests(steps) == [MEDIA]
    page, _ = history(agent, references(1, 2, own=(1,), status="read"), {}, after="M2")
    assert page.messages == ()


@pytest.mark.parametrize("bounds", [{"after": "M9"}, {"before": "M9"}], ids=str)
def test_a_bound_that_is_not_there_is_not_found(agent: AgentMessaging, bounds: dict[str, Any]) -> None:
    flow = agent.perform(FetchHistory(**bounds))
    assert refusal(flow, {MEDIA: references(1), BULK: bulk(1)}).kind == "not_found"


def test_a_message_whose_content_does_not_come_is_named_all_the_same(agent: AgentMessaging) -> None:
    page, _ = history(agent, references(1, 2), bulk(2))
    assert [(m.id, m.has_content) for m in page.messages] == [("M1", False), ("M2", True)]


def test_what_turns_out_to_be_no_message_is_left_out_for_good(agent: AgentMessaging) -> None:
    answer = bulk(2)
    answer["entities"].append(message_data("M1", None, normalized={"type": "Event"}))
    page, _ = history(agent, references(1, 2), answer)
    assert ids(page) == ["M2"]
    page, steps = history(agent, references(1, 2), {}, after="M2")
    assert requests(steps) == [MEDIA]
    assert decode(agent, message_event(of_guest(named("M1")))) == ()


def test_of_a_very_long_conversation_the_oldest_is_forgotten() -> None:
    adapter = protocol()
    opened(adapter)
    adapter._conversation.messages._told = {f"x{n}": None for n in range(MAX_KNOWN)}
    decode(adapter, message_event(of_guest(named("M1"))))
    assert len(adapter._conversation.messages._told) == MAX_KNOWN


# --- what an agent does to a conversation -----------------------------------------------------------------

PART = f"{MEDIA_PATH}/participants/{ME}/communications/{LEG}"


@pytest.mark.parametrize(
    ("action", "state"), [(AnswerConversation(), "connected"), (EndConversation(), "disconnected")]
)
def test_a_state_is_patched_and_its_effect_learned(action: Any, state: str) -> None:
    adapter = protocol()
    before = "alerting" if state == "connected" else "connected"
    opened(adapter, {f"GET {CONVERSATION_PATH}": conversation(state=before)})
    script = {f"PATCH {PART}": {}, f"GET {CONVERSATION_PATH}": conversation(state=state)}
    learned, steps = run(adapter.act(action), script)
    assert isinstance(steps[0], Request)
    assert json.loads(steps[0].body or b"") == {"state": state}
    capabilities = next(event for event in learned if isinstance(event, CapabilitiesLearned)).capabilities
    assert ("send_typing" in capabilities) == (state == "connected")


def test_what_was_done_has_not_failed_because_its_effect_could_not_be_learned() -> None:
    adapter = protocol()
    opened(adapter, {f"GET {CONVERSATION_PATH}": conversation(state="alerting")})
    script = {f"PATCH {PART}": {}, f"GET {CONVERSATION_PATH}": failed("unavailable", 503)}
    assert run(adapter.act(AnswerConversation()), script)[0] == ()


def test_wrapping_up_works_after_the_end(agent: AgentMessaging) -> None:
    decode(agent, message_event(of_me(state="disconnected")))
    script = {f"POST {PART}/wrapup": b"", f"GET {CONVERSATION_PATH}": conversation(state="disconnected")}
    _, steps = run(agent.act(WrapUp("code-1", "went well")), script)
    assert isinstance(steps[0], Request)
    assert json.loads(steps[0].body or b"") == {"code": "code-1", "notes": "went well"}
    assert steps[0].needs == ("conversation:participant:wrapup",)
    assert "went well" not in repr(WrapUp("code-1", "went well"))


def test_a_part_that_is_not_known_yet_is_looked_up_first() -> None:
    adapter = protocol()
    script = {**OPENING, f"PATCH {PART}": {}}
    _, steps = run(adapter.act(EndConversation()), script)
    assert requests(steps)[:2] == ["GET /api/v2/users/me", f"GET {CONVERSATION_PATH}"]


# --- errors -----------------------------------------------------------------------------------------------


def test_an_error_body_gives_code_correlation_id_and_permissions() -> None:
    body = {
        "message": "… at least one of the following permissions assigned: [conversation:message:create]",
        "code": "missing.any.permissions",
        "status": 403,
        "contextId": "7f",
        "details": [{"errorCode": "conversation:webmessaging:create"}],
        "errors": [],
    }
    details = protocol().decode_error(json.dumps(body).encode())
    assert (details.code, details.correlation_id) == ("missing.any.permissions", "7f")
    assert details.permissions == ("conversation:message:create", "conversation:webmessaging:create")


def test_an_oauth_error_gives_its_code() -> None:
    body = b'{"error":"invalid_client","description":"authentication failed"}'
    assert protocol().decode_error(body).code == "invalid_client"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": 7}', b'{"error": 7}'])
def test_any_other_error_body_gives_nothing(body: bytes) -> None:
    assert protocol().decode_error(body).code is None


@pytest.mark.parametrize(
    "value",
    [
        protocol(credentials=AccessToken("canary")),
        wire.ChannelBody(id="canary", connect_uri="wss://x/canary"),
        wire.Login(access_token="canary", refresh_token="canary"),
        OpenSocket(url="wss://x/canary"),
        wire.SendBody(text_body="canary"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_secret_shows_in_a_repr(value: Any) -> None:
    assert "canary" not in repr(value)


def test_seen_is_inferred_only_where_that_was_asked_for() -> None:
    assert not protocol().profile.infers_seen
    assert protocol(infer_seen=True).fresh().profile.infers_seen
    with pytest.raises(TypeError, match="infer_seen must be a bool"):
        protocol(infer_seen="yes")


@pytest.mark.parametrize("field", ["messageTime", "messageStatus", "errorInfo"])
def test_one_odd_field_of_a_message_in_history_does_not_lose_the_message(field: str) -> None:
    named = [{"messageId": id_, "messageTime": "2026-11-22T10:00:00Z"} for id_ in ("m1", "m2")]
    named[0][field] = ["odd"]  # type: ignore[assignment]
    customer = {"id": GUEST, "purpose": "customer", "state": "connected", "messages": named}
    bulk = {"entities": [message_data(id_, id_) for id_ in ("m1", "m2")]}
    adapter = protocol()
    opened(adapter)
    page = run(adapter.perform(FetchHistory()), {MEDIA: {"id": C, "participants": [customer]}, BULK: bulk})[0]
    assert [(each.id, each.text) for each in page.messages] == [("m1", "m1"), ("m2", "m2")]
