"""What is wrong from the start or goes wrong for good: each a typed error with the correlation id and the cure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from ipygenesys import (
    AccessToken,
    AgentMessaging,
    AuthenticationError,
    Client,
    DeliveryFailed,
    GenesysError,
    NotFound,
    PermissionDenied,
    ProtocolError,
    WebMessaging,
)
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.state.guest_errors import GuestError
from ipygenesys.simulator.web_messaging import messages as guest_messages
from tests.io.clocks import QuickClock
from tests.io.watch import Watched, received, sent_texts

ORIGIN = "http://localhost:3000"


@pytest.fixture(autouse=True)
def state_directory(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path / "state")


def guest(simulator: Simulator, **changes: Any) -> WebMessaging:
    options = {"base_url": simulator.base_url, "deployment_id": simulator.deployment_id}
    return WebMessaging(**{**options, **changes})


def agent(simulator: Simulator, **changes: Any) -> AgentMessaging:
    options: dict[str, Any] = {
        "base_url": simulator.base_url,
        "conversation_id": simulator.conversation_id,
        "credentials": AccessToken(simulator.agent_access_token()),
    }
    return AgentMessaging(**{**options, **changes})


Break = Callable[[Simulator], Any]


@pytest.mark.parametrize(
    ("spoil", "make", "error", "cure", "has_id"),
    [
        pytest.param(
            None, lambda s: guest(s, deployment_id="nobody"), NotFound, "Check deployment_id", True, id="unknown deployment"
        ),
        pytest.param(
            lambda s: s.set_deployment(status="Inactive"), guest, ProtocolError, "Activate it", False, id="inactive deployment"
        ),
        pytest.param(
            lambda s: s.set_deployment(allowed_origins=[ORIGIN]), guest, PermissionDenied, "origin=", True, id="refused origin"
        ),
        pytest.param(
            lambda s: s.set_deployment(auth_enabled=True),
            lambda s: guest(s, session_token=None, auth=None),
            None,
            "",
            False,
            id="sign-in is only possible",
        ),
        pytest.param(
            None, lambda s: agent(s, conversation_id="nobody"), NotFound, "Check the conversation id", True, id="unknown conversation"
        ),
        pytest.param(
            None, lambda s: agent(s, credentials=AccessToken("nonsense")), AuthenticationError, "new one", False, id="bad token"
        ),
        pytest.param(
            lambda s: s.set_agent_api(permissions=["conversation:message:view"]),
            agent,
            PermissionDenied,
            "conversation:communication:view",
            True,
            id="missing permission",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_connected_is_a_typed_error_with_its_cure(
    spoil: Break | None, make: Break, error: type[GenesysError] | None, cure: str, has_id: bool
) -> None:
    async with Simulator(scenario="manual", speed=20) as simulator:
        if spoil is not None:
            spoil(simulator)
        async with Client(make(simulator)) as client:
            if error is None:
                assert (await client.send("hello")).status == "sent"
                return
            with pytest.raises(error) as caught:
                await client.next_message(timeout=10)
            assert cure in str(caught.value)
            assert (caught.value.correlation_id is not None) is has_id
            assert client.status == "failed"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4006, "Start a new conversation"),
        (4007, "Check the deployment id, or start a new conversation"),
        (4011, "too long"),
        (4013, "custom attributes are too large"),
        (4020, "parameter is missing"),
    ],
)
async def test_what_only_the_server_knows_of_a_message_fails_with_its_code(
    code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise GuestError(code, "Request failed.")

    async with Simulator(scenario="manual", speed=20) as simulator, Client(guest(simulator)) as client:
        await client.send("before")
        monkeypatch.setattr(guest_messages, "_send", refuse)
        delivery = client.send("hello")
        with pytest.raises(DeliveryFailed, match=words) as caught:
            await delivery
        assert (caught.value.code, caught.value.correlation_id) == (str(code), delivery.draft_id)
        assert "hello" not in str(caught.value)
        assert sent_texts(simulator) == ["before"]


@pytest.mark.parametrize("attributes", [{"plan": "x" * 2048}, {str(n): "x" * 20 for n in range(100)}])
async def test_custom_attributes_that_no_server_takes_are_refused_where_they_are_given(
    attributes: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match=r"2048 bytes"):
        WebMessaging(region="eu_west_1", deployment_id="d", custom_attributes=attributes)
    with pytest.raises(TypeError, match="must map str to str"):
        WebMessaging(region="eu_west_1", deployment_id="d", custom_attributes={"plan": cast("Any", 7)})


async def test_an_upload_whose_addresses_keep_expiring_fails_and_sends_no_message(tmp_path: Any) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 1000)
    async with Simulator(scenario="manual", speed=20) as simulator:
        for protocol in (guest(simulator), agent(simulator)):
            async with Watched(cast("Any", protocol)) as client:
                await client.until_caught_up()
                simulator.fault("error", status=403, path="/guest-files", count=2)
                with pytest.raises(DeliveryFailed, match="Uploading a file: not allowed") as caught:
                    await client.send_file(picture)
                assert caught.value.status == 403
        assert received(simulator, "send") == []


class WrongClock(QuickClock):
    """Off by an hour, one way or the other; monotonic time is right, as it is everywhere."""

    def __init__(self, off_s: float) -> None:
        super().__init__()
        self._off_s = off_s

    def now(self) -> Any:
        return super().now()._replace(wall_ms=super().now().wall_ms + int(self._off_s * 1000))

    def epoch(self) -> float:
        return super().epoch() + self._off_s


@pytest.mark.parametrize("off_s", [3600.0, -3600.0])
@pytest.mark.parametrize("make", [guest, agent])
async def test_a_clock_that_is_an_hour_off_changes_nothing_but_the_times_of_drafts(
    off_s: float, make: Break
) -> None:
    async with Simulator(scenario="manual", speed=20) as simulator:
        client = Watched(make(simulator))
        client._gateway.clock.own = WrongClock(off_s)
        async with client:
            await client.until_caught_up()
            for number in range(3):
                assert (await client.send(f"text {number}")).status in ("sent", "delivered")
            client.reconnect()
            simulator.fault("drop")
            await client.until(lambda: client.status == "reconnecting")
            await client.until_caught_up()
            await client.send("text 3")
            assert client.texts == [f"text {number}" for number in range(4)]
            assert client.status == "connected"
            times = [message.time_ms for message in client.messages]
            assert times == sorted(times)
