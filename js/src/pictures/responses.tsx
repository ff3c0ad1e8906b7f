// How long customers waited for answers: for each agent or conversation a histogram with median and p90.

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { ResponseRow, ResponseScene } from "../explore.gen";
import { Head } from "./head";
import { durationsOf, fitted, widthOf } from "./scale";
import { AXIS_HIGH, useSight } from "./sight";
import { Fold, Scrolled } from "./table";
import type { Word, Words } from "./words";

interface Props {
  readonly scene: ResponseScene;
  readonly words: Words;
  readonly width: number;
  readonly name: string;
  /** Follows the summary. */
  readonly more: JSX.Element;
}

interface Place {
  readonly row: number;
  readonly bin: number;
}

const ROW_HIGH = 60;
const BARS_HIGH = 40;
const RIGHT = 20;

export function Responses({ scene, words, width, name, more }: Props): JSX.Element {
  const box = useRef<HTMLDivElement | null>(null);
  const [pointed, setPointed] = useState<Place | null>(null);
  const [focused, setFocused] = useState<Place | null>(null);
  const durations = useMemo(() => durationsOf(words.locale), [words]);
  const { rows, edgesS, ticksS } = scene;
  const sight = useSight(box, ROW_HIGH, rows.length);
  const left = Math.round(Math.min(Math.max(width * 0.22, 84), 190));
  const plot = Math.max(width - left - RIGHT, 40);
  const [first = 0.1, last = 1] = [edgesS[0], edgesS.at(-1)];
  const x = (seconds: number): number => {
    const within = Math.min(Math.max(seconds, first), last);
    return left + (Math.log10(within / first) / Math.log10(last / first)) * plot;
  };
  const height = ROW_HIGH * Math.max(rows.length, 1);
  const counted = words("answers");
  const labelOf = ({ label, role }: ResponseRow): string => {
    const bot = words("bot");
    if (role !== "bot") return label || words("allAgents");
    return label === "" ? bot : `${label} (${bot})`;
  };
  const shown = focused ?? pointed;
  const said = shown === null ? "" : sayBin(shown);

  function sayBin({ row, bin }: Place): string {
    const at = rows[row];
    const [from = 0, to = 0] = [edgesS[bin], edgesS[bin + 1]];
    if (at === undefined) return "";
    const values = {
      label: labelOf(at),
      from: durations(from),
      to: durations(to),
      count: at.counts[bin] ?? 0,
    };
    return words("binSummary", values);
  }
  const factsOf = ({ n, medianS, p90S }: ResponseRow): string =>
    words("rowSummary", { n, median: durations(medianS), p90: durations(p90S) });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0) return;
    const next = move(rows, focused, event.key);
    if (next === undefined) return;
    setFocused(next);
    if (next !== null) sight.reveal(next.row);
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerMove = (event: PointerEvent): void => {
    const area = (event.currentTarget as Element).getBoundingClientRect();
    const row = Math.floor((event.clientY - area.top) / ROW_HIGH);
    const bin = Math.floor(((event.clientX - area.left - left) / plot) * (edgesS.length - 1));
    setFocused(null);
    setPointed(rows[row] && bin >= 0 && bin < edgesS.length - 1 ? { row, bin } : null);
  };
  return (
    <>
      <Head name={name} words={words} whole={sight.whole} />
      <p class="ipg-picture-summary">
        {summary(scene, words, durations)}
        {more}
      </p>
      <div
        class="ipg-plot"
        ref={box}
        role="application"
        aria-label={`${name}. ${words("keysRows")}`}
        aria-roledescription={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is interactive
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={sight.onScroll}
        onBlur={() => setFocused(null)}
      >
        <svg
          width={width}
          height={height}
          aria-hidden="true"
          onPointerMove={onPointerMove}
          onPointerLeave={() => setPointed(null)}
        >
          <path
            class="ipg-rule"
            d={ticksS.map((tick) => `M${Math.round(x(tick)) + 0.5} 0V${height}`).join("")}
          />
          {rows.length === 0 && (
            <text class="ipg-quiet" x={width / 2} y={ROW_HIGH / 2} text-anchor="middle">
              {words("noAnswers")}
            </text>
          )}
          {rows.slice(sight.first, sight.last + 1).map((row, at) => {
            const base = ROW_HIGH * (sight.first + at + 1) - 0.5;
            const label = labelOf(row);
            return (
              <g key={`${row.role}${row.label}`} class="ipg-row" data-role={row.role ?? "agent"}>
                <text class="ipg-lane" x={left - 10} y={base - 22} text-anchor="end">
                  {fitted(label, left - 34)}
                </text>
                <text class="ipg-quiet" x={left - 10} y={base - 6} text-anchor="end">
                  n = {row.n}
                </text>
                <path class="ipg-bars" d={barsOf(row, base)} />
                <path class="ipg-axis-line" d={`M${left} ${base}h${plot}`} />
                <path class="ipg-median" d={`M${x(row.medianS)} ${base}v${-BARS_HIGH - 2}`} />
                <path class="ipg-p90" d={`M${x(row.p90S)} ${base}v${-BARS_HIGH - 2}`} />
                <text class="ipg-figures" x={width - RIGHT} y={base - BARS_HIGH - 6} text-anchor="end">
                  {factsOf(row)}
                </text>
              </g>
            );
          })}
          {shown !== null && (
            <rect
              class="ipg-at"
              data-passing
              x={x(edgesS[shown.bin] ?? first)}
              y={ROW_HIGH * (shown.row + 1) - BARS_HIGH - 2}
              width={Math.max(x(edgesS[shown.bin + 1] ?? last) - x(edgesS[shown.bin] ?? first), 1)}
              height={BARS_HIGH + 2}
            />
          )}
          {rows.length > 0 && widthOf(counted) <= height && (
            <text
              class="ipg-quiet"
              transform={`translate(13 ${height / 2}) rotate(-90)`}
              text-anchor="middle"
            >
              {counted}
            </text>
          )}
        </svg>
        <svg class="ipg-axis" width={width} height={AXIS_HIGH} aria-hidden="true">
          {ticksS.map((tick) => (
            <text key={tick} class="ipg-quiet" x={x(tick)} y={16} text-anchor="middle">
              {durations(tick)}
            </text>
          ))}
          <text class="ipg-quiet" x={left + plot / 2} y={36} text-anchor="middle">
            {words("responseTime")}
          </text>
        </svg>
        {shown !== null && (
          <div
            class="ipg-tip"
            aria-hidden="true"
            data-side={x(edgesS[shown.bin] ?? first) > width / 2 ? "left" : "right"}
            style={{ top: `${ROW_HIGH * (shown.row + 0.5)}px`, left: `${x(edgesS[shown.bin] ?? first)}px` }}
          >
            {said}
          </div>
        )}
      </div>
      <p class="ipg-hidden" role="status">
        {focused === null ? "" : said}
      </p>
      <p class="ipg-picture-note">{words("definition")}</p>
      <Fold words={words}>{() => <ResponseTable scene={scene} words={words} labelOf={labelOf} />}</Fold>
    </>
  );

  /** As high as the row lets them: of how many answers they are is written beside it. */
  function barsOf({ counts }: ResponseRow, base: number): string {
    const most = Math.max(...counts);
    return counts
      .map((count, bin) => {
        if (count === 0) return "";
        const [from, to] = [x(edgesS[bin] ?? first), x(edgesS[bin + 1] ?? last)];
        const tall = Math.max((BARS_HIGH * count) / most, 2);
        return `M${from + 0.5} ${base}v${-tall}H${Math.max(to - 0.5, from + 1)}v${tall}z`;
      })
      .join("");
  }
}

/** Along a row from one bin with answers to the next, or to the nearest of another row; undefined: no key of ours. */
function move(rows: readonly ResponseRow[], from: Place | null, key: string): Place | null | undefined {
  if (key === "Escape") return from === null ? undefined : null;
  const filled = (row: number): number[] =>
    (rows[row]?.counts ?? []).flatMap((count, bin) => (count > 0 ? [bin] : []));
  const isArrow = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key);
  if (!isArrow) return undefined;
  if (from === null) return { row: 0, bin: filled(0)[0] ?? 0 };
  if (key === "ArrowUp" || key === "ArrowDown") {
    const row = Math.min(Math.max(from.row + (key === "ArrowUp" ? -1 : 1), 0), rows.length - 1);
    const [nearest = 0] = filled(row).sort(
      (one, other) => Math.abs(one - from.bin) - Math.abs(other - from.bin),
    );
    return { row, bin: nearest };
  }
  const bins = filled(from.row);
  const at = bins.indexOf(from.bin);
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bins.length - 1 }[key] ?? at;
  return { row: from.row, bin: bins[Math.min(Math.max(next, 0), bins.length - 1)] ?? 0 };
}

function summary(
  { rows, unanswered }: ResponseScene,
  words: Words,
  durations: (s: number) => string,
): string {
  const [row] = rows;
  const waits = unanswered > 0 ? words("stillWaiting", { count: unanswered }) : "";
  if (row === undefined || row.label !== "" || row.role !== null)
    return `${words("noAnswersHint")} ${waits}`.trim();
  const { n, medianS, p90S, maxS } = row;
  const values = { n, median: durations(medianS), p90: durations(p90S), longest: durations(maxS) };
  return `${words("responseSummary", values)} ${waits}`.trim();
}

interface TableProps {
  readonly scene: ResponseScene;
  readonly words: Words;
  readonly labelOf: (row: ResponseRow) => string;
}

const FIGURES: readonly (readonly [Word, keyof ResponseRow])[] = [
  ["median", "medianS"],
  ["p90", "p90S"],
  ["longest", "maxS"],
  ["mean", "meanS"],
];

function ResponseTable({ scene, words, labelOf }: TableProps): JSX.Element {
  const durations = durationsOf(words.locale);
  return (
    <Scrolled name={words("table")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words(scene.by === "agent" ? "agentOrBot" : "conversation")}</th>
            <th scope="col">{words("number")}</th>
            {FIGURES.map(([word]) => (
              <th key={word} scope="col">
                {words(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scene.rows.map((row) => (
            <tr key={`${row.role}${row.label}`}>
              <th scope="row" dir="auto">
                {labelOf(row)}
              </th>
              <td>{row.n}</td>
              {FIGURES.map(([word, key]) => (
                <td key={word}>{durations(Number(row[key]))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
