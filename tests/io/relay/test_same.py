"""The tests of clients, once more by a relay: what it brings and takes is what the platform itself would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ipygenesys.simulator import Simulator
from tests.io import test_client, test_inbox, test_news, test_past, test_replies
from tests.io.relay.same import Relays, relays, same_tests  # noqa: F401 - a fixture among them
from tests.io.test_client import short_default_wait  # noqa: F401 - a fixture
from tests.io.test_inbox import dialogues_are_read  # noqa: F401 - a fixture
from tests.io.test_past import short_waits  # noqa: F401 - a fixture
from tests.io.test_replies import guest  # noqa: F401 - a fixture

_FAILED = "what has failed for good is the relay's, whose viewers go on trying: test_opening"
_COUNTED = "frames are counted where they come: at the relay"
_OWN = "it looks into what the one that asks the platform has"
NOT_BY_A_RELAY = {
    "test_4001_leads_to_a_fresh_token_and_a_reconnect_at_once": "viewers come back by their own measure",
    "test_4401_is_answered_with_a_fresh_token_once_and_then_fatal": _FAILED,
    "test_a_handshake_that_refuses_the_token_is_tried_once_more_with_a_fresh_one": _FAILED,
    "test_a_missing_scope_is_named": _FAILED,
    "test_a_wrong_secret_is_said_in_the_contracts_words_and_not_tried_again": _FAILED,
    "test_a_renewed_token_moves_the_stream_without_a_gap": "the token is the relay's, and nobody else's stream moves",
    "test_an_access_token_that_expires_is_said_to_need_a_new_one": _FAILED,
    "test_an_unreachable_host_is_said_and_tried_again": "viewers wait for the relay's connection before they try again",
    "test_duplicates_are_merged_and_counted": _COUNTED,
    "test_flaw_15_a_fatal_close_ends_it_with_words_and_without_a_loop": _FAILED,
    "test_flaw_26_garbage_is_counted_and_changes_nothing": _COUNTED,
    "test_frames_of_10_mb_are_counted_and_what_they_said_is_fetched": _COUNTED,
    "test_it_leaves_no_task_and_no_thread": "the relay stays, and so does the simulator's end of its connection",
    "test_next_message_says_why_there_will_be_none": _FAILED,
    "test_streams_that_are_refused_for_good_are_not_tried_again": _FAILED,
    "test_topics_beyond_what_a_channel_takes_have_another_one_and_one_fate": _OWN,
    "test_what_is_only_counted_wakes_whoever_waits_for_it": _COUNTED,
    "test_what_is_said_while_the_stream_opens_is_heard_once_and_nothing_from_before": "a relay's is open long before: test_opening",
    "test_without_any_topic_there_is_nothing_to_watch": _FAILED,
}
"""With the reason of each."""


@pytest.fixture(autouse=True)
async def by_a_relay(relays: Relays, simulator: Simulator) -> AsyncIterator[None]:  # noqa: F811 - that fixture
    """It ends before the simulator does, as the test's own clients do."""
    with relays.serving():
        yield
        await asyncio.wrap_future(relays.ended())


globals().update(same_tests(NOT_BY_A_RELAY, test_client, test_news, test_past, test_replies, test_inbox))
