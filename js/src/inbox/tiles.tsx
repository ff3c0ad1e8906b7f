// The figures of the whole inbox as tiles, each with its way so far, and below them what they mean.

import type { JSX } from "preact";
import type { Tile } from "../explore.gen";
import type { PageShade } from "../view/theme";
import type { Known } from "./state/known";
import { sparkPath } from "./state/spark";
import { clock } from "./state/urgency";
import type { Words } from "./state/words";

/** As tiles; the others stand among the definitions. */
const FIRST: readonly string[] = [
  "waiting",
  "wait_s",
  "unanswered",
  "unanswered_s",
  "first_response_s",
  "response_time_s",
  "sla",
  "live",
];
const [WIDE, HIGH] = [92, 22];

interface Props {
  readonly known: Known;
  readonly words: Words;
  readonly nowMs: number;
  readonly shade: PageShade;
}

export function Tiles({ known, words, nowMs, shade }: Props): JSX.Element {
  const first = FIRST.flatMap((name) => known.tiles.filter((tile) => tile.name === name));
  return (
    <section
      class="ipg-root ipg-inbox-part ipg-inbox-figures"
      data-shade={shade}
      aria-label={words("figures")}
    >
      <ul class="ipg-inbox-tiles">
        {first.map((tile) => (
          <li
            key={tile.name}
            class="ipg-inbox-tile"
            data-figure={tile.name}
            title={words(`def.${tile.name}`)}
          >
            <span class="ipg-inbox-figure-name">{words(`kpi.${tile.name}`)}</span>
            <b class="ipg-inbox-value">{figureOf(tile, words, nowMs)}</b>
            <svg
              class="ipg-inbox-spark"
              width={WIDE}
              height={HIGH}
              viewBox={`0 0 ${WIDE} ${HIGH}`}
              aria-hidden="true"
            >
              <path d={sparkPath(known.sparks[tile.name] ?? [], WIDE, HIGH)} />
            </svg>
            <small class="ipg-inbox-more">{restOf(tile, words)}</small>
          </li>
        ))}
      </ul>
      <details class="ipg-inbox-definitions">
        <summary>{words("definitions")}</summary>
        <dl>
          {known.tiles.map((tile) => (
            <div key={tile.name}>
              <dt>
                {words(`kpi.${tile.name}`)}: <b>{figureOf(tile, words, nowMs)}</b>{" "}
                <small>{restOf(tile, words)}</small>
              </dt>
              <dd>{words(`def.${tile.name}`)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

/** Of what lasts, the longest; of times that are over, the median. */
export function figureOf(tile: Tile, words: Words, nowMs: number): string {
  if (tile.sinceMs !== null) return clock(nowMs - tile.sinceMs);
  if (tile.value === null) return words("noValue");
  if (tile.unit === "seconds") return clock(tile.value * 1000);
  const style = tile.unit === "share" ? ({ style: "percent" } as const) : {};
  return new Intl.NumberFormat(words.locale, style).format(tile.value);
}

export function restOf({ unit, n, median, p90, max, sinceMs }: Tile, words: Words): string {
  if (n === null || n === 0 || unit === "count") return "";
  const parts = [words("number", { n })];
  if (sinceMs !== null && median !== null) parts.push(words("median", { time: clock(median * 1000) }));
  if (p90 !== null) parts.push(words("p90", { time: clock(p90 * 1000) }));
  if (sinceMs === null && max !== null) parts.push(words("longest", { time: clock(max * 1000) }));
  return parts.join(" · ");
}
