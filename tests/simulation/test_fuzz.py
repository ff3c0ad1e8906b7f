"""A hundred thousand bad frames, bodies and browser messages stop nothing."""

from __future__ import annotations

import json
import random

import pytest

from ipygenesys._core.machines.conversation.conversation import Conversation
from tests.simulation.corpus import record, shape_of
from tests.simulation.fuzz import Fuzzer
from tests.simulation.mutations import BIG, Mutator
from tests.simulation.schedule import PROTOCOLS

CASES = 34_000
"""For each of three protocols: a hundred thousand in all."""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_bad_raises_stops_or_corrupts(protocol: str) -> None:
    counts = Fuzzer(record(protocol), seed=1).run(CASES)
    assert counts["frames"] > CASES * 0.7
    assert counts["bodies"] > 1000 and counts["answers not understood"] > 500
    assert counts["browser messages refused"] > 500


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_far_too_deep_or_too_long_stops_nothing(protocol: str) -> None:
    """Rare among the random ones, for each takes milliseconds: here in every place of every frame, one size each."""
    corpus = record(protocol)
    fuzzer = Fuzzer(corpus, seed=2)
    dice = random.Random(3)
    for make in BIG:
        for frame in corpus.frames:
            document = json.loads(frame)
            key = dice.choice(list(document))
            document[key] = "@"
            data = json.dumps(document).replace('"@"', make()).encode()
            assert isinstance(fuzzer._adapter.decode_frame(data), tuple)


def test_it_notices_a_decoder_that_raises_and_shows_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    def oops(self: Conversation, *_: object) -> None:
        raise KeyError("canary")

    corpus = record("guest")
    monkeypatch.setattr(Conversation, "typing_noticed", oops)
    with pytest.raises(AssertionError, match=r"guest, seed 5, case \d+: KeyError by _frame") as caught:
        Fuzzer(corpus, seed=5).run(10_000)
    assert "canary" not in str(caught.value)


def test_mutations_follow_from_their_seed_and_keep_most_documents_readable() -> None:
    corpus = record("agent").frames
    first, second = (Mutator(corpus, random.Random(9)) for _ in range(2))
    drawn = [first.draw() for _ in range(300)]
    assert drawn == [second.draw() for _ in range(300)]
    readable = 0
    for each in drawn:
        try:
            json.loads(each)
            readable += 1
        except (ValueError, RecursionError):
            pass
    assert 100 < readable < 290


def test_a_shape_has_no_content() -> None:
    assert shape_of(b'{"text": "canary", "n": [1]}') == "28 bytes, {'text': 'str', 'n': ['int']}"
    assert shape_of(b"canary") == "6 bytes, no JSON"
