// What a page knows of a replay, and what it asks for: position, speed, whether it plays. Pure but for the time.

import type { LookAtPlayer, Play, PlayerState, Seek, SetSpeed } from "../explore.gen";

export type Wish = LookAtPlayer | Play | Seek | SetSpeed;

/** Steps of the keys and buttons, in seconds. */
export const STEP_S = 10;
export const SMALL_STEP_S = 5;
export const LARGE_STEP_S = 60;
/** As factors; 0 is as fast as it goes. */
export const SPEEDS: readonly number[] = [0.5, 1, 2, 5, 10, 100, 0];
/** A jump at most so often while somebody pulls the position along. */
const SEEK_MS = 100;

export interface Player {
  /** Null until the kernel has said. */
  readonly state: () => PlayerState | null;
  /** Where it is by now, in seconds. */
  readonly position: () => number;
  readonly hear: (state: PlayerState) => void;
  readonly toggle: () => void;
  readonly seek: (seconds: number) => void;
  readonly skip: (seconds: number) => void;
  readonly setSpeed: (speed: number) => void;
  /** To the next speed that can be chosen, up or down. */
  readonly changeSpeed: (by: 1 | -1) => void;
  /** Somebody holds the position: what the kernel says of it meanwhile is out of date. */
  readonly hold: (isHeld: boolean) => void;
  readonly subscribe: (hear: () => void, signal: AbortSignal) => void;
}

export function createPlayer(say: (wish: Wish) => void, nowMs: () => number): Player {
  let known: PlayerState | null = null;
  let atMs = 0;
  let isHeld = false;
  let soughtMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const set = (next: PlayerState): void => {
    known = next;
    atMs = nowMs();
    for (const hear of listeners) hear();
  };
  const position = (): number => {
    if (known === null) return 0;
    const gone = known.isPlaying && !isHeld ? ((nowMs() - atMs) / 1000) * known.speed : 0;
    return Math.min(Math.max(known.position + gone, 0), known.duration);
  };
  const jump = (): void => {
    clearTimeout(timer);
    const waitMs = soughtMs + SEEK_MS - nowMs();
    if (waitMs > 0) timer = setTimeout(jump, waitMs);
    else if (known !== null) {
      soughtMs = nowMs();
      say({ kind: "player-seek", seconds: known.position });
    }
  };
  const player: Player = {
    state: () => known,
    position,
    hear(state) {
      const words = known !== null && Object.keys(state.words).length === 0 ? known.words : state.words;
      set({ ...state, words, position: isHeld ? position() : state.position });
    },
    toggle() {
      if (known === null) return;
      const on = !known.isPlaying;
      set({ ...known, isPlaying: on, position: on && known.isOver ? 0 : position(), isOver: false });
      say({ kind: "player-play", on });
    },
    seek(seconds) {
      if (known === null) return;
      set({ ...known, position: Math.min(Math.max(seconds, 0), known.duration), isOver: false });
      jump();
    },
    skip: (seconds) => player.seek(position() + seconds),
    setSpeed(speed) {
      if (known === null) return;
      set({ ...known, position: position(), speed });
      say({ kind: "player-speed", speed });
    },
    changeSpeed(by) {
      const order = SPEEDS.map(rank);
      const now = rank(known?.speed ?? 1);
      const next = by > 0 ? order.find((each) => each > now) : order.filter((each) => each < now).at(-1);
      if (next !== undefined) player.setSpeed(next === Number.POSITIVE_INFINITY ? 0 : next);
    },
    hold(held) {
      if (known !== null) set({ ...known, position: position() });
      isHeld = held;
    },
    subscribe(hear, signal) {
      listeners.add(hear);
      signal.addEventListener("abort", () => listeners.delete(hear), { once: true });
    },
  };
  return player;
}

const rank = (speed: number): number => (speed === 0 ? Number.POSITIVE_INFINITY : speed);

/** What a key does anywhere in the view of a replay; null: nothing. */
export function doneBy(key: string, player: Player): (() => void) | null {
  const does: Readonly<Record<string, () => void>> = {
    k: player.toggle,
    j: () => player.skip(-STEP_S),
    l: () => player.skip(STEP_S),
    "<": () => player.changeSpeed(-1),
    ">": () => player.changeSpeed(1),
  };
  return does[key.toLowerCase()] ?? null;
}

/** What a key does at the position. */
export function movedBy(key: string, player: Player): (() => void) | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -SMALL_STEP_S,
    ArrowDown: -SMALL_STEP_S,
    ArrowRight: SMALL_STEP_S,
    ArrowUp: SMALL_STEP_S,
    PageDown: -LARGE_STEP_S,
    PageUp: LARGE_STEP_S,
  };
  const step = steps[key];
  if (step !== undefined) return () => player.skip(step);
  if (key === "Home") return () => player.seek(0);
  return key === "End" ? () => player.seek(player.state()?.duration ?? 0) : null;
}

/** Seconds as people read them: 0:07, 12:30, 1:02:03. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
