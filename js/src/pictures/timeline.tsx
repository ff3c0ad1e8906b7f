// Who said, typed, read and waited when: to zoom, pan, point at and go through by keyboard.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { showMessage } from "../explore/show-message";
import type { TimelineScene } from "../explore.gen";
import { described, type Facts, summaryOf } from "./facts";
import { Head, Tool } from "./head";
import { type Item, itemAt, itemsWhenWanted, neighbour } from "./items";
import { LaneLabel, Legend } from "./legend";
import { layoutOf, middleOf, PAD, pathsOf } from "./marks";
import { durationsOf, panned, timeStep, timesOf, timeTicks, type View, zoneAheadMs, zoomed } from "./scale";
import { endOf } from "./scene";
import { AXIS_HIGH, useSight } from "./sight";
import { TimelineTable } from "./table";
import type { Words } from "./words";

interface Props {
  readonly scene: TimelineScene;
  readonly heardAtMs: number;
  readonly words: Words;
  readonly width: number;
  readonly name: string;
  /** Follows the summary. */
  readonly more: JSX.Element;
}

const NEAR_PX = 10;
const ZOOM = 1.6;
/** From so many messages on, their edges would be all that one sees. */
const DENSE = 300;
const TICK_PX = 72;
/** With parts of a second: from the middle of one to that of the next. */
const LONG_TICK_PX = 108;
/** How far a pointer may stray and still click. */
const STILL_PX = 4;

export function Timeline({ scene, heardAtMs, words, width, name, more }: Props): JSX.Element {
  const [chosen, setView] = useState<View | null>(null);
  const [pointed, setPointed] = useState<Item | null>(null);
  const [focused, setFocused] = useState<Item | null>(null);
  const box = useRef<HTMLDivElement | null>(null);
  const dragged = useRef<{ x: number; view: View; isMoved: boolean } | null>(null);
  const nowMs = useNow(scene, heardAtMs);

  const all: View = { from: scene.beginMs, to: Math.max(endOf(scene, nowMs - heardAtMs), scene.beginMs + 1) };
  const view = chosen ?? all;
  const labels = scene.lanes.map((lane) => (lane.isOwn ? `${lane.label} (${words("you")})` : lane.label));
  const layout = layoutOf(labels, width);
  const { left, plot, high, label } = layout;
  const middle = (lane: number): number => middleOf(lane, layout);
  const height = high * Math.max(scene.lanes.length, 1);
  const x = (ms: number): number => ((ms - view.from) / (view.to - view.from)) * plot;
  const timeAt = (px: number): number => view.from + (px / plot) * (view.to - view.from);

  const sight = useSight(box, high, scene.lanes.length);
  const { first, last } = sight;
  const items = useMemo(() => itemsWhenWanted(scene), [scene]);
  const facts: Facts = useMemo(
    () => ({
      scene,
      words,
      times: timesOf(words.locale, scene.isRelative),
      durations: durationsOf(words.locale),
    }),
    [scene, words],
  );
  const paths = useMemo(
    () =>
      pathsOf(scene, {
        ...{ high, label, height, first, last },
        ...{ x: (ms) => x(ms) + PAD, width: plot + 2 * PAD, endMs: all.to },
      }),
    [scene, view.from, view.to, plot, high, label, height, first, last, all.to],
  );
  const shown = focused ?? pointed;

  const zoom = (by: number, at?: number): void => setView(zoomed(view, all, by, at));
  const pan = (byMs: number): void => {
    if (chosen !== null) setView(panned(view, all, byMs));
  };
  const go = (item: Item | null): void => {
    const id = item?.kind === "message" ? scene.messages.id[item.at] : "";
    if (id && box.current !== null) showMessage(box.current.ownerDocument, id);
  };
  const focus = (item: Item | null): void => {
    setFocused(item);
    const span = view.to - view.from;
    const isOutside = item !== null && (item.beginMs < view.from || item.beginMs > view.to);
    if (item !== null && isOutside) setView(panned(view, all, item.beginMs - view.from - span / 2));
    if (item !== null) sight.reveal(item.lane);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [along, across] = ARROWS[event.key] ?? [0, 0];
    const tenth = (view.to - view.from) / 10;
    if (event.shiftKey && along !== 0) pan(along * tenth);
    else if (along !== 0 || across !== 0) focus(neighbour(items(), focused, along, across));
    else if (event.key === "+" || event.key === "=") zoom(ZOOM, focused?.beginMs);
    else if (event.key === "-") zoom(1 / ZOOM, focused?.beginMs);
    else if (event.key === "0") setView(null);
    else if (event.key === "Home") focus(items()[focused?.lane ?? 0]?.[0] ?? null);
    else if (event.key === "End") focus(items()[focused?.lane ?? 0]?.at(-1) ?? null);
    else if (event.key === "Enter") go(focused);
    else if (event.key === "Escape" && focused !== null) focus(null);
    else return;
    event.preventDefault();
    // Hosts have commands on these keys.
    event.stopPropagation();
  };

  const placeOf = (event: PointerEvent | WheelEvent): { px: number; item: Item | null } => {
    const area = (event.currentTarget as Element).getBoundingClientRect();
    const px = event.clientX - area.left - left;
    const lane = items()[Math.floor((event.clientY - area.top) / high)] ?? [];
    const nearMs = (NEAR_PX / plot) * (view.to - view.from);
    return { px, item: itemAt(scene, lane, timeAt(px), nearMs, all.to) };
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    dragged.current = { x: event.clientX, view, isMoved: false };
    if (chosen !== null) (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const drag = dragged.current;
    if (drag !== null && Math.abs(event.clientX - drag.x) > STILL_PX) drag.isMoved = true;
    if (drag?.isMoved && chosen !== null) {
      setView(panned(drag.view, all, (-(event.clientX - drag.x) / plot) * (drag.view.to - drag.view.from)));
      return;
    }
    setFocused(null);
    setPointed(placeOf(event).item);
  };
  const onPointerUp = (event: PointerEvent): void => {
    const wasClick = dragged.current !== null && !dragged.current.isMoved;
    dragged.current = null;
    if (wasClick) go(placeOf(event).item);
  };
  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) zoom(1.0015 ** -event.deltaY, timeAt(placeOf(event).px));
    else if (chosen !== null && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      pan((event.deltaX / plot) * (view.to - view.from));
    } else return;
    event.preventDefault();
  };

  const stepOf = (px: number): number => timeStep(view.to - view.from, Math.max(Math.floor(plot / px), 1));
  const step = Math.max(stepOf(TICK_PX), stepOf(TICK_PX) < 1_000 ? stepOf(LONG_TICK_PX) : 0);
  const ticks = timeTicks(view, step, scene.isRelative ? 0 : zoneAheadMs(view.from));
  const isEmpty = scene.lanes.length === 0;
  const lanes = scene.lanes.slice(first, last + 1);
  const tip = shown === null ? null : described(facts, shown, all.to);
  const markAt = shown === null ? null : { x: left + x(shown.beginMs), y: middle(shown.lane) };
  const hint = [words("keys"), scene.messages.id.some((id) => id !== "") ? words("keysShow") : ""].join(" ");
  return (
    <>
      <Head name={name} words={words} whole={sight.whole}>
        <Tool label={words("zoomIn")} onClick={() => zoom(ZOOM, shown?.beginMs)}>
          +
        </Tool>
        <Tool label={words("zoomOut")} onClick={() => zoom(1 / ZOOM, shown?.beginMs)}>
          −
        </Tool>
        <button class="ipg-tool" type="button" disabled={chosen === null} onClick={() => setView(null)}>
          {words("fit")}
        </button>
      </Head>
      <p class="ipg-picture-summary">
        {summaryOf(facts, all)}
        {more}
      </p>
      <Legend scene={scene} words={words} />
      <div
        class="ipg-plot"
        ref={box}
        role="application"
        aria-label={`${name}. ${hint}`}
        aria-roledescription={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is interactive
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={sight.onScroll}
        onBlur={() => setFocused(null)}
      >
        <svg
          class="ipg-lanes"
          data-dense={scene.messages.timeMs.length > DENSE}
          width={width}
          height={height}
          aria-hidden="true"
          data-zoomed={chosen !== null}
          data-goes={shown?.kind === "message" && Boolean(scene.messages.id[shown.at])}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerLeave={() => setPointed(null)}
          onWheel={onWheel}
        >
          {isEmpty && (
            <text class="ipg-quiet" x={width / 2} y={high / 2 + 4} text-anchor="middle">
              {words("empty")}
            </text>
          )}
          <path
            class="ipg-rule"
            d={lanes.map((_, at) => `M${left} ${middle(first + at)}h${plot}`).join("")}
          />
          <svg x={left - PAD} width={plot + 2 * PAD} height={height} overflow="hidden" aria-hidden="true">
            <path class="ipg-offline" d={paths.offline} />
            <path class="ipg-waiting" d={paths.waiting} stroke-width={Math.max((high - label) * 0.12, 2)} />
            <path class="ipg-typing" d={paths.typing} stroke-width={Math.round((high - label) * 0.4)} />
            <path class="ipg-reads" d={paths.reads} />
            {[...paths.messages].map(([role, d]) => (
              <path key={role} class="ipg-marks" data-role={role} d={d} />
            ))}
          </svg>
          {lanes.map((_, place) => (
            <LaneLabel key={`${first + place}`} at={first + place} {...{ labels, layout }} />
          ))}
          {markAt !== null && markAt.x >= left - 1 && (
            <circle
              class="ipg-at"
              data-passing
              cx={markAt.x}
              cy={markAt.y}
              r={Math.max((high - label) * 0.3, 7)}
            />
          )}
        </svg>
        <svg class="ipg-axis" width={width} height={AXIS_HIGH} aria-hidden="true">
          <path
            class="ipg-axis-line"
            d={`M${left} .5h${plot}${ticks.map((ms) => `M${Math.round(left + x(ms)) + 0.5} 1v5`).join("")}`}
          />
          {ticks.map((ms) => (
            <text key={ms} class="ipg-quiet" x={left + x(ms)} y={19} text-anchor={anchorOf(x(ms), plot)}>
              {facts.times.tick(ms, step)}
            </text>
          ))}
          <text class="ipg-quiet" x={left + plot / 2} y={38} text-anchor="middle">
            {scene.isRelative ? words("sinceStart") : words("timeOfDay", { zone: facts.times.zone })}
          </text>
        </svg>
        {tip !== null && markAt !== null && (
          <div
            class="ipg-tip"
            aria-hidden="true"
            data-side={markAt.x > width / 2 ? "left" : "right"}
            style={{ top: `${markAt.y}px`, left: `${Math.min(Math.max(markAt.x, 0), width)}px` }}
          >
            <b dir="auto">{tip.who}</b>
            {tip.lines.map((line) => (
              <span key={line} dir="auto">
                {line}
              </span>
            ))}
          </div>
        )}
      </div>
      <p class="ipg-hidden" role="status">
        {focused !== null && tip !== null ? [tip.who, ...tip.lines].join(", ") : ""}
      </p>
      <TimelineTable facts={facts} endMs={all.to} onShow={go} />
    </>
  );
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The words of the first and the last tick stay in the picture. */
const anchorOf = (px: number, plot: number): "start" | "middle" | "end" =>
  px < 24 ? "start" : px > plot - 24 ? "end" : "middle";

/** By the page's clock, a second at a time while something goes on. */
function useNow(scene: TimelineScene, heardAtMs: number): number {
  const goesOn = scene.nowMs !== null && scene.spans.endMs.includes(null);
  const [nowMs, setNow] = useState(heardAtMs);
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => setNow(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, [goesOn]);
  return Math.max(nowMs, heardAtMs);
}
