"""What is called how in Redis."""

from __future__ import annotations

from ipygenesys._core.relay.keys import Keys, inbox_name, inbox_of, name_of_opened


def test_all_keys_of_a_conversation_are_kept_together() -> None:
    keys = Keys("c1")
    names = [
        *keys.lasting,
        keys.lease,
        keys.typing,
        keys.commands("u"),
        keys.answers("u", "v"),
        keys.sent("d"),
    ]
    assert all(name.startswith("ipygenesys:{c1}:") for name in names)
    assert len(set(names)) == len(names)
    assert Keys(inbox_name("support")).lease == "ipygenesys:{inbox:support}:lease"


def test_what_an_inbox_has_opened_is_named_by_it() -> None:
    assert inbox_of(inbox_name("support")) == "support"
    assert name_of_opened("support", "c1") == "support/c1"
