"""Who may do what."""

from __future__ import annotations

from ipygenesys._core.relay.rights import ALL_RIGHTS, Everybody, Refused


async def test_without_rules_everybody_may_do_everything() -> None:
    assert await Everybody().of("u", None, "c") == ALL_RIGHTS
    assert Everybody().users() == Everybody("default").users() == ("default",)
    assert Everybody("app").users() == ("default", "app"), "whom a managed Redis knows by one name"
    assert Refused("why").words == "why"
