"""The protocols of many conversations: what their frames and answers say in neutral words, and what they never do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ipygenesys import AccessToken, AgentQueue, AgentUser, ClientCredentials
from ipygenesys._core.inbox.operations import (
    FetchTexts,
    FollowTyping,
    InboxOperation,
    ListConversations,
    ReadConversation,
    ReadQueues,
)
from ipygenesys._core.inbox.told import (
    ConversationListed,
    ConversationTold,
    ListEnded,
    OwnUserLearned,
    ProblemFound,
    QueueTold,
    TextsTold,
    TypingKnown,
    TypingTold,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import CheckHealth, MarkRead
from ipygenesys._core.model.platform_events import FrameIgnored, MoveRequested
from ipygenesys._protocols.agent_messaging.inbox.listing import MAX_PAGES, PAGE
from ipygenesys._protocols.agent_messaging.inbox.watching import AgentInbox
from ipygenesys._protocols.flow import (
    CallError,
    Flow,
    GetOccasion,
    GetToken,
    InTurn,
    Join,
    Occasion,
    OpenSocket,
    Request,
    SendFrame,
)
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, Leftovers
from ipygenesys._wire import agent_messaging as wire

APP = ClientCredentials("client", "secret")
TOPIC = "v2.routing.queues.sales.conversations.messages"
TYPING = "v2.users.u1.conversations.inbound.typing.event"
Answer = dict[str, Any] | Failure
FORBIDDEN = Failure(kind="permission", message="Missing.", status=403)


def at(seconds: int) -> str:
    return f"1970-01-01T00:{seconds // 60:02}:{seconds % 60:02}.000Z"


class Platform:
    """Answers the calls of flows, by their path."""

    def __init__(self, protocol: AgentInbox, **rejected: list[str]) -> None:
        self.protocol = protocol
        self.requests: list[Request] = []
        self.said: list[str] = []
        self.opened: list[str] = []
        self.answers: dict[str, Answer | Callable[[Request], Answer]] = {
            wire.ME_PATH: {"id": "u1"},
            wire.CHANNELS_PATH: {"id": "ch", "connectUri": "wss://sim.example/ch"},
        }
        self.rejected = {topic.replace("_", "."): missing for topic, missing in rejected.items()}

    def run(self, flow: Flow[Any]) -> Any:
        answer: Any = None
        error: CallError | None = None
        try:
            while True:
                step = flow.send(answer) if error is None else flow.throw(error)
                answer = error = None
                try:
                    answer = self._carry_out(step)
                except CallError as failed:
                    error = failed
        except StopIteration as end:
            return end.value

    def _carry_out(self, step: object) -> Any:
        match step:
            case Request():
                return self._answer(step)
            case GetOccasion():
                return Occasion(now_s=10.0)
            case Join():
                self.run(step.stream.open(step.topics))
            case InTurn(flow):
                self.run(flow)
            case SendFrame(frame):
                self.said.append(frame)
            case OpenSocket(url=url):
                self.opened.append(url)
            case GetToken():
                pass
            case _:
                raise AssertionError(step)
        return None

    def _answer(self, request: Request) -> bytes:
        self.requests.append(request)
        if request.path.endswith("/subscriptions"):
            return msgspec.json.encode(
                {"entities": [self._topic(each["id"]) for each in json.loads(request.body or b"")]}
            )
        answer = self.answers.get(request.path, Failure(kind="not_found", message="Unknown.", status=404))
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Failure):
            raise CallError(answer)
        return msgspec.json.encode(answer)

    def _topic(self, id_: str) -> dict[str, Any]:
        if (missing := self.rejected.get(id_)) is None:
            return {"id": id_, "state": "Permitted"}
        return {"id": id_, "state": "Rejected", "missingPermissions": missing}

    def ask(self, operation: InboxOperation) -> Any:
        return self.run(self.protocol.ask(operation))


def sales(*more: str) -> AgentQueue:
    return AgentQueue(base_url="https://sim.example", queue_id=["sales", *more], credentials=APP)


def frame(topic: str, body: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"topicName": topic, "eventBody": body})


PARKED = {
    "id": "p2",
    "purpose": "agent",
    "name": "Lee",
    "state": "parked",
    "user": {"id": "u1"},
    "queue": {"id": "sales"},
    "startTime": at(5),
    "connectedTime": at(9),
    "parkTime": at(20),
    "resumeTime": at(99),
    "messages": [
        {
            "message": {"id": "m2"},
            "messageTime": at(12),
            "messageStatus": "failed",
            "errorInfo": {"message": "Blocked"},
        },
        {"messageId": "m3", "messageTime": at(13), "messageMetadata": {"type": "Event"}},
        {
            "messageId": "m4",
            "messageTime": at(14),
            "messageMetadata": {
                "type": "Text",
                "content": [{"contentType": "Attachment", "subType": "Image"}],
            },
        },
        {"messageId": "m5", "messageTime": at(15), "messageMetadata": {"type": "Structured"}},
        {"messageTime": at(15)},
    ],
}
BODY = {
    "id": "c1",
    "inactivityTimeout": at(600),
    "participants": [
        {"id": "p1", "purpose": "customer", "name": "Ada", "connectedTime": at(1), "state": "connected"},
        {
            "id": "p3",
            "purpose": "acd",
            "queue": {"id": "sales"},
            "connectedTime": at(2),
            "endTime": at(9),
            "state": "disconnected",
        },
        PARKED,
        {"purpose": "customer"},
        {"id": "p4", "direction": "inbound"},
    ],
}


def told(body: dict[str, Any] = BODY) -> ConversationTold:
    [event] = sales().decode_frame(frame(TOPIC, body))
    assert isinstance(event, ConversationTold)
    return event


def test_a_queues_event_names_people_times_and_messages_and_no_text() -> None:
    event = told()
    customer, waits, agent, other = event.parts

    assert (event.conversation_id, event.closes_at_ms, event.names_newest) == ("c1", 600_000, 10)
    assert (customer.role, customer.name, customer.connected_ms) == ("customer", "Ada", 1000)
    assert (waits.is_queue, waits.queue_id, waits.ended_ms, waits.is_over) == (True, "sales", 9000, True)
    assert (agent.user_id, agent.came_ms, agent.connected_ms) == ("u1", 5000, 9000)
    assert (agent.parked_ms, agent.resumed_ms) == (20_000, None)
    assert [(each.id, each.kind, each.status, each.error) for each in agent.said] == [
        ("m2", "text", "failed", "Blocked"),
        ("m3", "event", None, None),
        ("m4", "image", None, None),
        ("m5", "structured", None, None),
    ]
    assert other.role == "customer"


@pytest.mark.parametrize(("more", "resumed_ms"), [({}, 99_000), ({"resumeTime": None}, 20_000)])
def test_one_that_is_connected_again_was_resumed(more: dict[str, Any], resumed_ms: int) -> None:
    again = {**BODY, "participants": [{**PARKED, "state": "connected", **more}]}

    assert told(again).parts[0].resumed_ms == resumed_ms


def test_a_customers_typing_is_told_and_nobody_elses() -> None:
    def typing(**more: Any) -> bytes:
        normalized = {
            "type": "Event",
            "events": [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}],
        }
        return frame(TYPING, {"conversationId": "c1", "normalizedMessage": normalized | more})

    events: tuple[object, ...] = sales().decode_frame(typing())
    assert events == (TypingTold(conversation_id="c1", duration_s=5.0),)
    assert sales().decode_frame(typing(direction="Outbound")) == ()
    assert sales().decode_frame(typing(events=[])) == ()


def test_what_the_channel_says_of_itself_moves_the_stream() -> None:
    assert sales().decode_frame(frame("v2.system.socket_closing", {})) == (MoveRequested(),)
    assert sales().decode_frame(frame("v2.system.no_longer_subscribed", {})) == (MoveRequested(is_deaf=True),)
    assert sales().decode_frame(frame("channel.metadata", {"message": "WebSocket Heartbeat"})) == ()


def test_frames_that_say_nothing_are_counted() -> None:
    assert sales().decode_frame(b"{") == (FrameIgnored("malformed"),)
    assert sales().decode_frame(b" " * (MAX_FRAME_BYTES + 1)) == (FrameIgnored("oversized"),)
    assert sales().decode_frame(frame("v2.other", {})) == (FrameIgnored("unknown_event"),)
    assert sales().decode_frame(frame(TOPIC, {})) == ()


def test_of_an_event_only_the_parts_that_have_changed_are_read_anew() -> None:
    protocol = sales()

    def told(*people: dict[str, Any]) -> Any:
        (event,) = protocol.decode_frame(frame(TOPIC, {"id": "counted", "participants": list(people)}))
        return event

    ann, bea = {"id": "counted-ann", "purpose": "customer"}, {"id": "counted-bea", "purpose": "acd"}
    first = told(ann, bea)
    before = protocol._known_parts.kept.cache_info()
    second = told(ann, {**bea, "name": "Sales"})
    after = protocol._known_parts.kept.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)
    assert second.parts[0] is first.parts[0]
    assert [part.name for part in second.parts] == [None, "Sales"]
    assert told({"purpose": "acd"}, ann).parts == first.parts[:1], "a part without an id is nobody's"
    assert sales()._known_parts.kept.cache_info().currsize == 0, "another inbox has its own"


def test_of_a_part_that_has_changed_only_the_messages_that_have_are_read_anew() -> None:
    protocol, said = sales(), [{"messageId": f"m{n}", "messageTime": at(n)} for n in range(5)]

    def told(*messages: dict[str, Any]) -> Any:
        ann = {"id": "ann", "purpose": "customer", "messages": list(messages)}
        event: Any
        (event,) = protocol.decode_frame(frame(TOPIC, {"id": "c1", "participants": [ann]}))
        return event.parts[0].said

    first = told(*said[:4])
    second = told(*said[1:3], {**said[3], "messageStatus": "read"}, said[4])
    assert [new is old for new, old in zip(second, first[1:], strict=False)] == [True, True, False]
    assert [(each.id, each.status) for each in second[2:]] == [("m3", "read"), ("m4", None)]
    long = {"messageId": "m5", "errorInfo": {"message": "x" * 2000}}
    before = protocol._known_parts.said.cache_info().currsize
    assert len(told({"messageTime": at(1)}, long)) == 1, "one without an id is none"
    assert protocol._known_parts.said.cache_info().currsize == before + 1, "a long one is not kept"


def test_large_parts_are_not_kept() -> None:
    protocol = sales()
    ann = {"id": "ann", "purpose": "customer", "messages": [{"messageId": f"m{n}"} for n in range(1000)]}
    for _ in range(2):
        (event,) = protocol.decode_frame(frame(TOPIC, {"id": "c1", "participants": [ann]}))
        assert isinstance(event, ConversationTold) and len(event.parts[0].said) == 1000
    assert protocol._known_parts.kept.cache_info().currsize == 0


@pytest.mark.parametrize("odd", [None, "x", 5, [], [{"id": "other"}]])
def test_a_participant_that_is_none_costs_no_other(odd: Any) -> None:
    ann = {"id": "ann", "purpose": "customer"}
    body = {"id": "c1", "participants": [odd, ann]}
    with Leftovers() as names:
        (event,) = sales().decode_frame(frame(TOPIC, body))
    assert isinstance(event, ConversationTold) and [part.id for part in event.parts] == ["ann"]
    assert names == ["[]"]


# --- stream -------------------------------------------------------------------------------------------------


def test_a_stream_has_the_topics_of_all_queues_and_says_which_were_refused() -> None:
    platform = Platform(sales("tech"))
    platform.rejected = {TOPIC: ["conversation:message:view"]}
    learned = platform.run(platform.protocol.open_stream())

    problem, typing, typing_works, move = learned
    assert isinstance(problem, ProblemFound) and problem.failure is not None
    assert "conversation:message:view" in problem.failure.message
    assert "what happens in 1 of 2 queues (sales): refused" in problem.failure.message
    assert (typing, typing_works) == (TypingKnown(frozenset()), ProblemFound("typing", None))
    assert move == MoveRequested(in_s=wire.ROTATE_AFTER_S)


def test_of_many_queues_that_are_refused_some_are_named_until_they_are_not() -> None:
    platform = Platform(sales(*(f"q{number}" for number in range(20))))
    platform.rejected = {f"v2.routing.queues.q{n}.conversations.messages": ["a:b:c"] for n in range(9)}
    problem = platform.run(platform.protocol.open_stream())[0]
    assert "9 of 21 queues (q0, q1, q2, q3, q4 and 4 more): refused. Missing permission: a:b:c." in (
        problem.failure.message
    )
    platform.rejected = {}
    assert platform.run(platform.protocol.open_stream())[0] == ProblemFound("topics", None)


def test_topics_beyond_a_thousand_have_another_channel_and_socket() -> None:
    platform = Platform(sales(*(f"q{number}" for number in range(2_400))))
    platform.rejected = {"v2.routing.queues.q2399.conversations.messages": ["a:b:c"]}
    problem = platform.run(platform.protocol.open_stream())[0]

    def calls(method: str) -> list[Request]:
        return [each for each in platform.requests if each.method == method]

    assert [len(json.loads(each.body or b"")) for each in calls("PUT")] == [1_000, 1_000, 401]
    assert (len(calls("POST")), len(platform.opened)) == (3, 3)
    assert "1 of 2401 queues (q2399)" in problem.failure.message

    platform.requests.clear()
    people = tuple(f"u{number}" for number in range(2_000))
    known, _ = platform.ask(FollowTyping(people))
    assert [len(json.loads(each.body or b"")) for each in platform.requests if each.body] == [599, 1_000]
    assert (known, len(platform.opened)) == (TypingKnown(frozenset(people[:1_599])), 4)
    assert platform.ask(FollowTyping(people)) == (known, ProblemFound("typing", None))
    assert len(platform.opened) == 4


def test_a_stream_of_which_nothing_would_come_is_refused() -> None:
    platform = Platform(sales())
    platform.rejected = {TOPIC: ["conversation:message:view"]}

    with pytest.raises(CallError, match="conversation:message:view"):
        platform.run(platform.protocol.open_stream())


def test_agents_are_followed_once_and_those_that_may_not_be_are_said() -> None:
    platform = Platform(sales())
    platform.run(platform.protocol.open_stream())
    platform.rejected = {TYPING: ["conversation:message:receive"]}
    known, problem = platform.ask(FollowTyping(("u1", "u2")))

    assert known == TypingKnown(frozenset({"u2"}))
    assert problem.what == "typing"
    assert "conversation:message:receive" in problem.failure.message
    made = len(platform.requests)
    platform.ask(FollowTyping(("u1", "u2")))
    assert len(platform.requests) == made
    assert TYPING in platform.protocol.topics


def test_a_user_has_a_topic_of_their_own() -> None:
    user = AgentUser(base_url="https://sim.example", credentials=AccessToken("token"))
    platform = Platform(user)
    learned = platform.run(user.open_stream())

    assert learned[0] == OwnUserLearned("u1")
    assert user.topics == ("v2.users.u1.conversations.messages",)


# --- calls --------------------------------------------------------------------------------------------------


def test_queues_are_named_with_their_targets_and_unknown_ones_are_said() -> None:
    platform = Platform(sales("gone"))
    level = {"mediaSettings": {"message": {"serviceLevel": {"percentage": 0.8, "durationMs": 20_000}}}}
    platform.answers[f"{wire.QUEUES_PATH}/sales"] = {"id": "sales", "name": "Sales"} | level
    found, problem = platform.ask(ReadQueues())

    assert found == QueueTold(queue_id="sales", name="Sales", target_ms=20_000)
    assert (problem.what, "'gone'" in problem.failure.message) == ("queue gone", True)
    platform = Platform(sales("gone"))
    platform.answers[f"{wire.QUEUES_PATH}/sales"] = FORBIDDEN
    with pytest.raises(CallError, match="Missing"):
        platform.ask(ReadQueues())


def test_a_queue_that_may_not_be_seen_takes_no_name_from_the_others() -> None:
    platform = Platform(sales("secret", "tech"))
    platform.answers |= {f"{wire.QUEUES_PATH}/{id_}": {"id": id_, "name": id_} for id_ in ("sales", "tech")}
    platform.answers[f"{wire.QUEUES_PATH}/secret"] = FORBIDDEN
    *found, problem = platform.ask(ReadQueues())

    assert found == [QueueTold(queue_id=id_, name=id_) for id_ in ("sales", "tech")]
    assert (problem.what, problem.failure.kind) == ("queue secret", "permission")
    assert "'secret'" in problem.failure.message


def test_queues_that_are_known_are_not_asked_for_again() -> None:
    ids = [f"q{number}" for number in range(1, 5)]
    platform = Platform(sales(*ids))
    platform.answers |= {f"{wire.QUEUES_PATH}/{id_}": {"id": id_, "name": id_} for id_ in ("sales", *ids)}
    busy = Failure(kind="rate_limited", message="Too many.", status=429)
    platform.answers[f"{wire.QUEUES_PATH}/q4"] = busy
    with pytest.raises(CallError, match="Too many"):
        platform.ask(ReadQueues())
    assert len(platform.requests) == 5

    platform.answers[f"{wire.QUEUES_PATH}/q4"] = {"id": "q4", "name": "q4"}
    found = [QueueTold(queue_id=id_, name=id_) for id_ in ("sales", *ids)]
    assert list(platform.ask(ReadQueues())) == found
    assert len(platform.requests) == 6
    assert list(platform.ask(ReadQueues())) == found
    assert len(platform.requests) == 6


def observed(metric: str, *ids: str, truncated: bool = False) -> dict[str, Any]:
    found = [
        {"conversationId": id_, "observationDate": at(5), "participantName": "Ada", "userId": "u1"}
        for id_ in ids
    ]
    return {"metric": metric, "observations": found, "truncated": truncated}


def group(*metrics: dict[str, Any]) -> dict[str, Any]:
    return {"results": [{"group": {"queueId": "sales"}, "data": list(metrics)}]}


def test_one_call_lists_who_is_there() -> None:
    platform = Platform(sales())
    platform.answers[wire.OBSERVATIONS_PATH] = group(
        observed("oWaiting", "c1"), observed("oInteracting", "c2")
    )

    waits = ConversationListed(
        conversation_id="c1", state="waiting", since_ms=5000, customer="Ada", queue_id="sales"
    )
    assert platform.ask(ListConversations()) == (
        waits,
        msgspec.structs.replace(waits, conversation_id="c2", state="agent", user_id="u1"),
        ListEnded(),
    )
    assert len(platform.requests) == 1


@pytest.mark.parametrize(("there", "is_cut_off"), [(150, False), (5000, True)])
def test_what_is_left_out_comes_page_by_page_and_no_further_than_the_budget_allows(
    there: int, is_cut_off: bool
) -> None:
    def page(request: Request) -> Answer:
        begin = (int(request.query["pageNumber"]) - 1) * PAGE
        entities = [
            {"conversationId": f"c{n}", "metric": "oWaiting", "activityDate": at(5), "queueId": "sales"}
            for n in range(begin, min(begin + PAGE, there))
        ]
        return {"results": [{"entities": entities}]}

    platform = Platform(sales())
    platform.answers[wire.OBSERVATIONS_PATH] = group(observed("oWaiting", "c0", truncated=True))
    platform.answers[wire.ACTIVITY_PATH] = page
    *listed, end = platform.ask(ListConversations())

    assert len(listed) == min(there, MAX_PAGES * PAGE)
    assert end == ListEnded(is_cut_off)


def test_a_users_conversations_are_listed_with_all_that_is_known() -> None:
    user = AgentUser(base_url="https://sim.example", credentials=AccessToken("token"))
    platform = Platform(user)
    platform.answers[wire.CONVERSATIONS_PATH] = {"entities": [BODY]}
    listed, known, end = platform.ask(ListConversations())

    assert (listed.conversation_id, known.conversation_id, known.names_newest) == ("c1", "c1", 0)
    assert end == ListEnded()


def test_a_conversation_is_read_whole_and_texts_come_in_bulk() -> None:
    platform = Platform(sales())
    path = f"{wire.CONVERSATIONS_PATH}/c1"
    platform.answers[path] = BODY
    [known] = platform.ask(ReadConversation("c1"))
    assert known.names_newest == 0

    entities = [{"id": "m1", "normalizedMessage": {"text": "Hello"}}, {"id": 7}, {"id": "m9"}]
    platform.answers[f"{path}/messages/bulk"] = {"entities": entities}
    assert platform.ask(FetchTexts("c1", ("m1", "m2"))) == (TextsTold("c1", {"m1": "Hello", "m2": None}),)
    platform.answers[path] = {"participants": []}
    assert platform.ask(ReadConversation("c1")) == ()


def test_an_inbox_says_nothing_but_that_it_is_awake() -> None:
    platform = Platform(sales())
    platform.run(platform.protocol.perform(CheckHealth()))
    assert platform.said == ['{"message":"ping"}']

    with pytest.raises(CallError, match="MarkRead"):
        platform.run(platform.protocol.perform(MarkRead("m1")))


# --- mistakes -----------------------------------------------------------------------------------------------


def test_mistakes_are_said_at_once() -> None:
    with pytest.raises(ValueError, match="one queue at least"):
        AgentQueue(base_url="https://sim.example", queue_id=[], credentials=APP)
    with pytest.raises(ValueError, match="At most 4000"):
        AgentQueue(base_url="https://sim.example", queue_id=[f"q{n}" for n in range(4001)], credentials=APP)
    with pytest.raises(TypeError, match="credentials must be"):
        AgentQueue(base_url="https://sim.example", queue_id="sales", credentials="secret")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="An app has no conversations"):
        AgentUser(base_url="https://sim.example", credentials=APP)


def test_a_protocol_shows_where_it_looks_and_no_secret() -> None:
    user = AgentUser(base_url="https://sim.example", credentials=AccessToken("token"))

    assert repr(sales("tech").fresh()) == "AgentQueue('https://sim.example', queue_id=['sales', 'tech'])"
    assert repr(user.fresh()) == "AgentUser('https://sim.example')"
    assert (sales().scopes, sales().title) == ((), "https://sim.example")
    assert "conversations" in user.scopes
    assert sales().opened("c1").conversation_id == "c1"
    assert sales().decode_error(b'{"code":"not.found"}').code == "not.found"
