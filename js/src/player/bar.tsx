// The bar below a replay: play and pause, back and forward, the position, the speed.

import type { JSX } from "preact";
import { useEffect, useMemo, useReducer } from "preact/hooks";
import { wording } from "../explore/wording";
import type { PlayerState } from "../explore.gen";
import { IconButton } from "../view/kit/icon-button";
import { OWN_KEYS } from "../view/own-keys";
import type { PageShade } from "../view/theme";
import { AgainIcon, BackIcon, ForwardIcon, PauseIcon, PlayIcon } from "./icons";
import { clockTime, movedBy, type Player, SPEEDS, STEP_S } from "./player";

type Word =
  | "replay"
  | "play"
  | "pause"
  | "again"
  | "back"
  | "forward"
  | "position"
  | "positionOf"
  | "speed"
  | "times"
  | "fastest"
  | "keys";

interface Props {
  readonly player: Player;
  readonly state: PlayerState;
  readonly shade: PageShade;
}

/** How often the position is drawn anew while it plays. */
const TICK_MS = 250;

export function Bar({ player, state, shade }: Props): JSX.Element {
  const { words: table, locale, isPlaying, isOver, duration, beganMs } = state;
  useTicks(isPlaying);
  const words = useMemo(() => wording<Word>(table, locale), [table, locale]);
  const times = useMemo(
    () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }),
    [locale],
  );
  const position = player.position();
  const time = times.format(beganMs + position * 1000);
  const [here, end] = [clockTime(position), clockTime(duration)];
  const speeds = SPEEDS.includes(state.speed) ? SPEEDS : [state.speed, ...SPEEDS];
  const [verb, Icon] = isPlaying
    ? (["pause", PauseIcon] as const)
    : isOver
      ? (["again", AgainIcon] as const)
      : (["play", PlayIcon] as const);
  return (
    <section
      class="ipg-root ipg-player"
      lang={locale}
      // Like any player's: time goes to the right.
      dir="ltr"
      aria-label={words("replay")}
      data-shade={shade}
      data-playing={isPlaying}
      title={words("keys", { seconds: STEP_S })}
      {...OWN_KEYS}
    >
      <IconButton label={words(verb)} onClick={player.toggle}>
        <Icon />
      </IconButton>
      <IconButton label={words("back", { seconds: STEP_S })} onClick={() => player.skip(-STEP_S)}>
        <BackIcon />
      </IconButton>
      <IconButton label={words("forward", { seconds: STEP_S })} onClick={() => player.skip(STEP_S)}>
        <ForwardIcon />
      </IconButton>
      <input
        type="range"
        class="ipg-position"
        min={0}
        max={duration}
        step="any"
        value={position}
        aria-label={words("position")}
        aria-valuetext={words("positionOf", { position: here, duration: end, time })}
        style={{ "--ipg-done": duration > 0 ? position / duration : 0 }}
        onPointerDown={() => player.hold(true)}
        onPointerUp={() => player.hold(false)}
        onPointerCancel={() => player.hold(false)}
        onInput={(event) => player.seek(event.currentTarget.valueAsNumber)}
        onKeyDown={(event) => {
          const move = event.ctrlKey || event.metaKey || event.altKey ? null : movedBy(event.key, player);
          if (move === null) return;
          event.preventDefault();
          move();
        }}
      />
      <span class="ipg-times" title={time}>
        {`${here} / ${end}`}
      </span>
      <select
        aria-label={words("speed")}
        title={words("speed")}
        value={String(state.speed)}
        onChange={(event) => player.setSpeed(Number(event.currentTarget.value))}
      >
        {speeds.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed === 0 ? words("fastest") : words("times", { factor: speed })}
          </option>
        ))}
      </select>
    </section>
  );
}

function useTicks(isPlaying: boolean): void {
  const [, tick] = useReducer<number, null>((count) => count + 1, 0);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => tick(null), TICK_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);
}
