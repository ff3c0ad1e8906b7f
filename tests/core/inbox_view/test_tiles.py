"""Figures and the way they take."""

from __future__ import annotations

from ipygenesys._core.inbox_view.tiles import SPARK_S, SPARK_VALUES, Tiles
from ipygenesys._core.inbox_view.wire import Tile
from tests.core.inbox_view.rows import START_MS


def test_a_figure_that_stays_is_not_news_and_its_way_goes_on() -> None:
    tiles = Tiles()
    assert tiles.next_at is None
    for step in range(SPARK_VALUES + 5):
        tiles.take([Tile("waiting", "count", 3.0)], 100 + step * SPARK_S, START_MS)
        tiles.take([Tile("waiting", "count", 3.0)], 101 + step * SPARK_S, START_MS)
    assert tiles.revision == 1
    assert tiles.spark_revision == SPARK_VALUES + 5
    assert tiles.sparks() == {"waiting": [3.0] * SPARK_VALUES}
    tiles.take([Tile("waiting", "count", 4.0)], 101 + step * SPARK_S, START_MS)
    assert tiles.revision == 2 and tiles.tiles[0].value == 4.0
    assert tiles.next_at == 110 + step * SPARK_S


def test_one_that_grows_by_itself_is_followed_by_the_servers_clock() -> None:
    tiles = Tiles()
    tile = Tile("wait_s", "seconds", None, since_ms=START_MS)
    for second in (0, 10, 20):
        tiles.take([tile], second, START_MS + second * 1000)
    tiles.take([Tile("wait_s", "seconds", None)], 30, START_MS)
    tiles.take([Tile("wait_s", "seconds", None, since_ms=START_MS + 9)], 40, START_MS)
    assert tiles.sparks() == {"wait_s": [0.0, 10.0, 20.0, None, 0.0]}
