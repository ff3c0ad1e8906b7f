"""An agent's messages on their way, on a made-up clock."""

from __future__ import annotations

from ipygenesys.simulator.state.deliveries import Deliveries


def test_a_message_is_sent_and_then_delivered() -> None:
    d = Deliveries()
    d.start("m", 10, 0.5)
    d.start("n", 10.1, 0.5)
    assert d.next_deadline() == 10.5
    assert d.due(10.4) == []
    assert d.due(11.05) == [("m", "sent"), ("n", "sent"), ("m", "delivered")]
    assert d.due(20) == [("n", "delivered")]
    assert d.next_deadline() is None
