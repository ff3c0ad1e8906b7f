// What a page makes of a replay: where it is by now, what it asks for and how often, what keys do.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PlayerState } from "../../src/explore.gen";
import { clockTime, createPlayer, doneBy, movedBy, type Player, type Wish } from "../../src/player/player";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const STATE: PlayerState = {
  kind: "player",
  position: 10,
  duration: 100,
  speed: 2,
  isPlaying: true,
  isOver: false,
  beganMs: 0,
  locale: "en",
  words: { play: "Play" },
};

function made(state: Partial<PlayerState> | null = {}) {
  const said: Wish[] = [];
  const player = createPlayer((wish) => said.push(wish), Date.now);
  if (state !== null) player.hear({ ...STATE, ...state });
  return { player, said };
}

it("goes on at its speed, within its ends", () => {
  const { player } = made();
  vi.advanceTimersByTime(5_000);
  expect(player.position()).toBe(20);
  vi.advanceTimersByTime(500_000);
  expect(player.position()).toBe(100);
  player.hear({ ...STATE, isPlaying: false, position: 30 });
  vi.advanceTimersByTime(5_000);
  expect(player.position()).toBe(30);
});

it("knows nothing before the kernel has said, and asks for nothing", () => {
  const { player, said } = made(null);
  player.toggle();
  player.seek(5);
  player.setSpeed(2);
  player.hold(true);
  expect([player.state(), player.position(), said]).toEqual([null, 0, []]);
});

it("keeps the words that it has", () => {
  const { player } = made();
  player.hear({ ...STATE, words: {} });
  expect(player.state()?.words).toEqual({ play: "Play" });
});

it("plays again from the beginning", () => {
  const { player, said } = made({ isPlaying: false, isOver: true, position: 100 });
  player.toggle();
  expect(player.position()).toBe(0);
  player.toggle();
  expect(said).toEqual([
    { kind: "player-play", on: true },
    { kind: "player-play", on: false },
  ]);
});

it("jumps at once, then ten times a second at most, and to the last place that was wanted", () => {
  const { player, said } = made({ isPlaying: false });
  for (const seconds of [1, 2, 3, 4]) player.seek(seconds);
  expect(said).toEqual([{ kind: "player-seek", seconds: 1 }]);
  vi.advanceTimersByTime(100);
  expect(said.at(-1)).toEqual({ kind: "player-seek", seconds: 4 });
  expect(said).toHaveLength(2);
  player.seek(-5);
  expect(player.position()).toBe(0);
  player.seek(500);
  expect(player.position()).toBe(100);
});

it("stays where it is held, whatever the kernel says meanwhile", () => {
  const { player } = made();
  player.hold(true);
  player.seek(50);
  player.hear({ ...STATE, position: 11 });
  vi.advanceTimersByTime(1_000);
  expect(player.position()).toBe(50);
  player.hold(false);
  vi.advanceTimersByTime(1_000);
  expect(player.position()).toBe(52);
});

it.each([
  [1, 1, 2],
  [1, -1, 0.5],
  [3, 1, 5],
  [3, -1, 2],
  [100, 1, 0],
  [0, -1, 100],
] as const)("from a speed of %d, a step of %d is %d", (from, by, to) => {
  const { player, said } = made({ speed: from });
  player.changeSpeed(by);
  expect(said).toEqual([{ kind: "player-speed", speed: to }]);
});

it.each([
  [0, 1],
  [0.5, -1],
] as const)("there is no speed beyond %d", (from, by) => {
  const { player, said } = made({ speed: from });
  player.changeSpeed(by);
  expect(said).toEqual([]);
});

it("keeps its place when the speed changes", () => {
  const { player } = made();
  vi.advanceTimersByTime(5_000);
  player.setSpeed(10);
  vi.advanceTimersByTime(1_000);
  expect(player.position()).toBe(30);
});

it("does by keys what its buttons do", () => {
  const { player, said } = made({ isPlaying: false });
  const press = (does: (key: string, player: Player) => (() => void) | null, key: string): number => {
    does(key, player)?.();
    vi.advanceTimersByTime(100);
    return player.position();
  };
  expect(["l", "J", "l"].map((key) => press(doneBy, key))).toEqual([20, 10, 20]);
  expect(
    ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "PageUp", "PageDown", "End", "Home"].map((key) =>
      press(movedBy, key),
    ),
  ).toEqual([25, 30, 25, 20, 80, 20, 100, 0]);
  press(doneBy, "k");
  press(doneBy, ">");
  press(doneBy, "<");
  expect(said.slice(-3).map((each) => each.kind)).toEqual(["player-play", "player-speed", "player-speed"]);
  expect([doneBy("x", player), movedBy("x", player)]).toEqual([null, null]);
});

it("tells its listeners until they go", () => {
  const { player } = made();
  const heard = vi.fn();
  const gone = new AbortController();
  player.subscribe(heard, gone.signal);
  player.toggle();
  gone.abort();
  player.toggle();
  expect(heard).toHaveBeenCalledTimes(1);
});

it.each([
  [0, "0:00"],
  [7.9, "0:07"],
  [750, "12:30"],
  [3_723, "1:02:03"],
])("writes %d seconds as %s", (seconds, written) => {
  expect(clockTime(seconds)).toBe(written);
});
