"""Who may do what."""

from __future__ import annotations

from ipygenesys._core.relay.rights import ALL_RIGHTS, Everybody, Refused


async def test_without_rules_everybody_may_do_everything() -> None:
    assert await Everybody().of("u", None, "c") == ALL_RIGHTS
    assert Everybody().users() == ("default",)
    assert Refused("why").words == "why"
