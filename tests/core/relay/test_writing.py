"""What a publication comes to in Redis, and what is kept there of what is under way."""

from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    Keep,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from ipygenesys._core.relay import entries
from ipygenesys._core.relay.commands import Answer, answer_of
from ipygenesys._core.relay.entries import RelayState, Renewed, own_part
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.publisher import Publication
from ipygenesys._core.relay.serving import Asker, Reply
from ipygenesys._core.relay.writing import (
    CHUNK,
    Write,
    changed,
    done,
    kept_anew,
    kept_in,
    reply_of,
    writes_of,
)
from tests import examples as eg

KEYS = Keys("c")
AT = Position(5, 2)


def draft(name: str = "d1", created_ms: int = 1) -> Draft:
    return Draft(draft_id=name, text="hello", since=0.0, created_ms=created_ms)


def test_nothing_comes_to_nothing() -> None:
    assert writes_of(Publication(), KEYS, AT) == []
    assert not Publication() and Publication(events=[Renewed()])


def test_an_entry_has_its_id_and_a_bound() -> None:
    (write,) = writes_of(Publication(events=[Renewed()]), KEYS, AT, 50)
    assert write[:2] == ("XADD", KEYS.events)
    assert write.arguments[:5] == ("MAXLEN", "~", "50", "5-2", "e")
    assert repr(write) == f"<Write XADD {KEYS.events}, 6 arguments>"  # A log's line has none of what is said.
    assert entries.entry_of(bytes(write.arguments[5])) == (Renewed(),)  # type: ignore[arg-type]


def test_all_of_a_publication_is_written() -> None:
    state = RelayState(run="r", own=own_part((), "agent"), able=CapabilitiesLearned(frozenset()))
    published = Publication(
        is_whole=True,
        messages={"m1": eg.arrived(1)},
        places={"m1": 1024.0},
        gone=["m0"],
        sent={"d1": "m1"},
        keeps=[ForgetDraft("d1")],
        state=state,
        passing=[eg.typing()],
    )
    names = [(write.name, write.key) for write in writes_of(published, KEYS, AT)]
    assert names == [
        ("DEL", KEYS.messages),
        ("DEL", KEYS.order),
        ("HSET", KEYS.messages),
        ("ZADD", KEYS.order),
        ("HDEL", KEYS.messages),
        ("ZREM", KEYS.order),
        ("SET", KEYS.sent("d1")),
        ("HDEL", KEYS.kept),
        ("SET", KEYS.state),
        ("PUBLISH", KEYS.typing),
    ]


def test_what_is_said_in_passing_names_the_entry_that_it_follows() -> None:
    entry, passing = writes_of(Publication(events=[eg.arrived(1)], passing=[eg.typing()]), KEYS, AT)
    assert (entry.name, entry.arguments[3]) == ("XADD", "5-2")
    assert entries.passing_of(bytes(passing.arguments[0])) == (entries.Reached(AT), eg.typing())  # type: ignore[arg-type]


def test_what_is_much_goes_in_pieces() -> None:
    many = {f"m{number}": eg.arrived(number) for number in range(1, CHUNK + 2)}
    writes = writes_of(Publication(messages=many), KEYS, AT)
    assert [len(write.arguments) for write in writes] == [2 * CHUNK, 2]


def test_an_answer_goes_to_who_asked_and_a_command_that_is_done_goes() -> None:
    write = reply_of(Reply(Asker("ann", "v1"), Answer(number=3)), KEYS)
    assert write[:2] == ("PUBLISH", KEYS.answers("ann", "v1"))
    assert answer_of(bytes(write.arguments[0])) == Answer(number=3)  # type: ignore[arg-type]
    assert done(KEYS, "ann", ["1-1"]) == Write("XDEL", KEYS.commands("ann"), ("1-1",))


def fields_of(writes: list[Write]) -> dict[str, bytes]:
    fields: dict[str, bytes] = {}
    for name, _, arguments in writes:
        if name == "HSET":
            pairs = zip(arguments[::2], arguments[1::2], strict=True)
            fields |= {str(k): v if isinstance(v, bytes) else v.encode() for k, v in pairs}
    return fields


def test_what_is_under_way_comes_back_in_its_order() -> None:
    state = DurableState(drafts=(draft("d1", 1), draft("d2", 2)), seen=("m1", "m2"), read_up_to_ms=7)
    assert kept_in(fields_of(kept_anew(state, KEYS))) == state
    assert kept_anew(DurableState(), KEYS) == [Write("DEL", KEYS.kept, ())]
    assert kept_in({}) == DurableState()
    with pytest.raises(msgspec.DecodeError):
        kept_in({"draft:d": b"{}"})


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (KeepDraft(draft("d2", 2)), DurableState(drafts=(draft(), draft("d2", 2)), seen=("m1",))),
        (ForgetDraft("d1"), DurableState(seen=("m1",))),
        (KeepSeen(("m2",)), DurableState(drafts=(draft(),), seen=("m1", "m2"))),
        (ForgetSeen(("m1",)), DurableState(drafts=(draft(),))),
        (KeepReadPosition(9), DurableState(drafts=(draft(),), seen=("m1",), read_up_to_ms=9)),
    ],
)
def test_a_change_is_kept_here_as_there(change: Keep, state: DurableState) -> None:
    assert changed(DurableState(drafts=(draft(),), seen=("m1",)), change) == state
    (write,) = writes_of(Publication(keeps=[change]), KEYS, AT)
    assert write.key == KEYS.kept
