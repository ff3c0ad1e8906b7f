"""Whatever is packed meanwhile, it is the same list."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.conversation import blocks
from ipygenesys._core.machines.conversation.blocks import Block, Blocks
from ipygenesys._core.machines.conversation.packing import Held, Key, unpacked
from ipygenesys._core.machines.conversation.packing import packed as pack
from tests import examples as eg
from tests.core.machines.conversation.test_timeline import TimelineMachine
from tests.core.machines.conversation.test_timeline import filled as timeline_of


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 2)
    monkeypatch.setattr(blocks, "AT_HAND", 1)


class SmallBlocks(TimelineMachine):
    """The timeline's own test, with blocks that are packed as soon as another one is changed."""

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(blocks, "SIZE", 2)
        self._patch.setattr(blocks, "AT_HAND", 1)

    def teardown(self) -> None:
        self._patch.undo()


TestSmallBlocks = SmallBlocks.TestCase


def key(number: int) -> Key:
    return (0, number, 0, 0, f"m{number}")


def filled(*numbers: int, **fields: object) -> Blocks:
    placed = Blocks()
    for number in numbers:
        placed.insert(key(number), msgspec.structs.replace(eg.message(number), **fields))
    return placed


def is_packed(*of: Block) -> list[bool]:
    return [isinstance(each.holds, bytes) for each in of]


def packed(placed: Blocks) -> int:
    return sum(is_packed(*placed._layout.blocks))


@given(st.permutations(range(1, 30)), st.lists(st.integers(1, 29), unique=True))
def test_it_is_a_sorted_list(order: list[int], out: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SIZE", 2)
        patch.setattr(blocks, "AT_HAND", 1)
        placed, naive = filled(), list[int]()
        for number in order:
            naive.append(number)
            naive.sort()
            assert placed.insert(key(number), eg.message(number)) == naive.index(number)
        for number in out:
            assert placed.delete(key(number)) == naive.index(number)
            naive.remove(number)
        assert placed.keyed(0, 99) == [(key(each), eg.message(each)) for each in naive]
        assert [placed.find(key(each)) for each in naive] == list(enumerate(map(eg.message, naive)))
        assert [placed.key_of(f"m{each}") for each in naive] == list(map(key, naive))
        assert [each[1] for each in placed.unread_keys()] == naive
        assert all(placed.find(key(each)) is None and placed.key_of(f"m{each}") is None for each in out)
        assert [placed.index_of(key(each)) for each in naive] == list(range(len(naive)))
        assert packed(placed) >= len(placed._layout.blocks) - 3


def test_most_of_it_is_packed_and_read_without_being_unpacked_for_good() -> None:
    placed = filled(*range(1, 101))
    assert packed(placed) == 49
    assert placed.at(3) == (key(4), eg.message(4))
    assert placed.at(-1) == (key(100), eg.message(100))
    assert packed(placed) == 49
    for index in (100, -101):
        with pytest.raises(IndexError):
            placed.at(index)


def test_what_is_changed_is_unpacked_and_packed_again_once_another_one_is() -> None:
    placed = filled(*range(1, 11))
    placed.replace(key(2), eg.message(2, status="read"))
    first = placed._layout.blocks[0]
    assert is_packed(first) == [False]
    placed.replace(key(9), eg.message(9, status="read"))
    assert is_packed(first) == [True]
    assert [each[1] for each in placed.unread_keys()] == [1, 3, 4, 5, 6, 7, 8, 10]
    assert placed.find(key(2)) == (1, eg.message(2, status="read"))


def test_a_block_is_unpacked_once_for_all_that_is_read_of_it_in_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placed, looked = filled(*range(1, 101)), list[bytes]()

    def counted(block: bytes) -> Held:
        looked.append(block)
        return unpacked(block)

    monkeypatch.setattr(blocks, "unpacked", counted)
    for index in range(100):
        placed.at(index)
    assert len(looked) == 49


def test_a_snapshot_stays_what_it_was() -> None:
    placed = filled(*range(1, 11))
    before = placed.snapshot()
    messages = tuple(map(eg.message, range(1, 11)))
    for number in range(1, 11):
        placed.delete(key(number))
    assert len(placed) == 0
    assert placed.keyed(0, 9) == []
    assert before == messages
    assert list(reversed(before)) == list(reversed(messages))
    for part in (slice(None), slice(3, 7), slice(7, 3, -2), slice(5, 5), slice(-2, None)):
        assert before[part] == messages[part]
    assert [before[index] for index in (0, 0, 5, -1)] == [messages[index] for index in (0, 0, 5, -1)]
    assert before != messages[1:]
    assert before != 1
    assert repr(before) == "<10 messages>"


@pytest.mark.parametrize("fields", [{"text": "\ud800"}, {"sequence": 1 << 70}])
def test_what_cannot_be_packed_stays_as_it_is(fields: dict[str, object]) -> None:
    placed = filled(1, 2, 3, 4, 5, **fields)
    assert packed(placed) == 0
    assert [message.id for _, message in placed.keyed(0, 9)] == ["m1", "m2", "m3", "m4", "m5"]


def test_all_is_unpacked_for_who_looks_into_it_and_packed_again_bit_by_bit() -> None:
    placed = filled(*range(1, 21))
    placed.unpack_all()
    assert packed(placed) == 0
    assert all(isinstance(each, tuple) for each in placed._where.values())
    placed.replace(key(20), eg.message(20, status="read"))
    assert packed(placed) == 2
    for _ in range(4):
        placed.replace(key(20), eg.message(20, status="read"))
    assert packed(placed) == 9
    assert isinstance(placed._where["m1"], Block)


def test_a_block_that_has_become_too_large_is_two() -> None:
    placed = filled(10, 20, 30, 40)
    before = placed.snapshot()
    for number in (12, 14):
        placed.insert(key(number), eg.message(number))
    assert [block.count for block in placed._layout.blocks] == [2, 2, 2]
    assert [each[-1] for each in placed.unread_keys()] == ["m10", "m12", "m14", "m20", "m30", "m40"]
    assert [message.id for _, message in placed.keyed(0, 9)] == ["m10", "m12", "m14", "m20", "m30", "m40"]
    assert placed.find(key(20)) == (3, eg.message(20))
    assert [message.id for message in before] == ["m10", "m20", "m30", "m40"]


def test_what_is_packed_is_found_by_its_id_and_by_its_key() -> None:
    placed = filled(*range(1, 11))
    assert placed.key_of("m3") == key(3)
    assert placed.find(key(3)) == (2, eg.message(3))
    assert placed.key_of("m11") is None
    assert placed.find(key(0)) is None
    assert placed.find((0, 3, 0, 1, "m3")) is None


def test_who_looks_into_a_conversation_finds_all_messages_as_they_are() -> None:
    timeline = timeline_of(*map(eg.message, range(1, 11)))
    before = timeline.copy()
    timeline.unpack()
    assert packed(timeline._placed) == 0
    assert timeline.copy() == before
    for _ in range(2):
        timeline.pack()
        assert packed(timeline._placed) == 4
    assert timeline.copy() == before


def test_the_last_message_is_there_whatever_is_changed_while_it_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeline = timeline_of(*map(eg.message, range(1, 5)))
    count = Blocks.__len__

    def changed_then(self: Blocks) -> int:
        monkeypatch.setattr(Blocks, "__len__", count)
        counted = count(self)
        timeline.remove("m4")
        return counted

    monkeypatch.setattr(Blocks, "__len__", changed_then)
    assert timeline[-1] == eg.message(3)
    for index in (3, -4):
        with pytest.raises(IndexError):
            timeline[index]


def test_a_block_that_is_packed_while_it_is_read_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = filled(1, 2)

    class Racing(Block):
        looks = 0

        @property
        def holds(self) -> Held | bytes:
            self.looks += 1
            held = Held([key(1), key(2)], [eg.message(1), eg.message(2)])
            small = pack(held)
            assert small is not None
            return held if self.looks % 2 else small

        @holds.setter
        def holds(self, held: Held | bytes) -> None:
            pass

    racing = Racing(placed._read(placed._layout.blocks[0]))
    placed._lay([racing])
    assert placed.at(0) == (key(1), eg.message(1))
    assert placed.at(1) == (key(2), eg.message(2)), "the other way round"
