"""The tests of the widget and of the inbox, once more by a relay: what a page sees of it is what it would see of the platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ipygenesys.simulator import Simulator
from tests.io.relay.same import END_S, Relays, relays, same_tests  # noqa: F401 - a fixture among them
from tests.widget import test_chat, test_inbox
from tests.widget.test_inbox import ids, inbox  # noqa: F401 - fixtures

_FAILED = "what has failed for good is the relay's, whose viewers go on trying"
_MOVED = "its clock is moved, the relay's is not: that seems to be silent for as long"
NOT_BY_A_RELAY = {
    "test_a_widget_that_was_connected_by_a_call_goes_on_without_pages": _MOVED,
    "test_a_widget_that_was_only_shown_stops_when_its_pages_have_been_silent": _MOVED,
    "test_async_with_connects_and_closes_without_stopping_the_loop": "a dead server does not hold up who leaves a relay",
    "test_close_ends_typing_stream_threads_and_comm": "the relay's connection stays",
    "test_connecting_can_be_waited_for_and_says_what_prevents_it": _FAILED,
    "test_waiting_until_something_is_so_ends_with_the_conversation": _FAILED,
    **dict.fromkeys(
        (
            "test_a_demo_that_cannot_be_shown_leaves_no_simulator",
            "test_a_demo_that_plays_a_dialogue_tells_the_page_whose_turn_it_is_and_what_is_said",
            "test_a_handler_that_could_never_run_is_refused_at_once",
            "test_a_language_that_the_view_does_not_speak_is_refused",
            "test_a_page_that_was_closed_gives_its_connection_back",
            "test_an_empty_list_and_unknown_arguments_are_refused",
            "test_a_constructor_that_fails_leaves_nothing_and_says_nothing_else",
            "test_malformed_messages_of_a_page_are_counted_and_ignored",
            "test_only_a_demo_has_a_simulator",
            "test_pages_are_told_the_locale_and_the_words_that_they_do_not_have",
            "test_the_demo_brings_its_own_other_side_and_takes_it_along",
            "test_the_demo_is_a_busy_hour_in_some_queues",
            "test_the_interpreters_end_closes_the_stream_and_stops_typing",
            "test_the_verbs_hide_nothing_of_the_widgets_own_but_send",
            "test_there_are_words_for_every_language_but_english",
            "test_traits_are_given_as_to_every_widget",
            "test_traits_cannot_be_set_from_outside",
            "test_what_does_not_work_is_said_while_the_rest_does",
            "test_what_is_no_protocol_is_refused",
            "test_what_is_no_text_is_refused_at_once",
            "test_what_no_widget_takes_is_refused_and_nothing_stays_open",
            "test_what_stands_beside_a_chat_says_the_same_where_it_does_not_show",
            "test_who_comes_back_finds_what_was_selected_and_a_late_goodbye_opens_nothing",
            "test_who_watches_has_nothing_unread_and_the_customers_name_as_the_title",
            "test_without_a_widget_manager_it_says_what_it_is",
        ),
        "nothing is connected in it, or only what brings its own other side",
    ),
}
"""With the reason of each."""


@pytest.fixture(autouse=True)
def by_a_relay(relays: Relays, simulator: Simulator) -> Iterator[None]:  # noqa: F811 - that fixture
    """It ends before the simulator does, as the test's own widgets do."""
    with relays.serving():
        yield
        relays.ended().result(END_S)


globals().update(same_tests(NOT_BY_A_RELAY, test_chat, test_inbox))
