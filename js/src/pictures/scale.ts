// Axes: where ticks stand, how times and durations are written there. Pure.

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 365].map((each) => each * DAY_MS),
];

export interface View {
  readonly from: number;
  readonly to: number;
}

/** From one tick to the next, so that there are at most so many. */
export function timeStep(spanMs: number, most: number): number {
  const wanted = spanMs / Math.max(most, 1);
  const last = 365 * DAY_MS;
  return STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / last) * last;
}

/** Ticks stand at whole steps of the local day; `zoneMs` is what the zone is ahead of UTC. */
export function timeTicks({ from, to }: View, step: number, zoneMs: number): number[] {
  const first = Math.ceil((from + zoneMs) / step) * step - zoneMs;
  const count = Math.max(Math.floor((to - first) / step) + 1, 0);
  return Array.from({ length: Math.min(count, 500) }, (_, at) => first + at * step);
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Since the start, as a clock counts it: 0:01:30. */
export function elapsed(ms: number, step = SECOND_MS): string {
  const whole = Math.floor(Math.abs(ms) / SECOND_MS);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const part = step < SECOND_MS ? `.${String(Math.floor(Math.abs(ms) % 1000)).padStart(3, "0")}` : "";
  return `${ms < 0 ? "−" : ""}${hours}:${two(minutes)}:${two(seconds)}${part}`;
}

export interface Times {
  /** At a tick. */
  readonly tick: (ms: number, step: number) => string;
  /** In full. */
  readonly moment: (ms: number) => string;
  readonly zone: string;
}

export function timesOf(locale: string, isRelative: boolean): Times {
  const zone = new Intl.DateTimeFormat(locale).resolvedOptions().timeZone;
  if (isRelative) return { tick: elapsed, moment: (ms) => elapsed(ms), zone };
  const of = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, options);
  const days = of({ month: "short", day: "numeric" });
  const minutes = of({ hour: "2-digit", minute: "2-digit" });
  const seconds = of({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const parts = of({ minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  const full = of({ dateStyle: "medium", timeStyle: "medium" });
  return {
    tick(ms, step) {
      if (step >= DAY_MS) return days.format(ms);
      if (step >= MINUTE_MS) return minutes.format(ms);
      return (step >= SECOND_MS ? seconds : parts).format(ms);
    },
    moment: (ms) => full.format(ms),
    zone,
  };
}

/** What the zone is ahead of UTC then. */
export const zoneAheadMs = (ms: number): number => -new Date(ms).getTimezoneOffset() * MINUTE_MS;

/** In the unit that people would say it in, with two digits that count: 0.4 s, 12 s, 1.5 min, 3 hr. */
export function durationsOf(locale: string): (seconds: number) => string {
  const of = (unit: string): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumSignificantDigits: 2,
    });
  const units = [
    { size: 86_400, format: of("day") },
    { size: 3_600, format: of("hour") },
    { size: 60, format: of("minute") },
  ];
  const shortest = of("second");
  return (seconds) => {
    const unit = units.find(({ size }) => seconds >= size * 0.9995);
    const value = seconds / (unit?.size ?? 1);
    return (unit?.format ?? shortest).format(value >= 100 ? Math.round(value / 10) * 10 : value);
  };
}

/** Of letters at 12 px in a wide font; of those of East Asia. */
const LETTER_PX = 7.5;
const WIDE_PX = 12.5;
const WIDE =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{3ffff}]/u;

/** About how wide a label is. */
export const widthOf = (label: string): number =>
  [...label].reduce((px, letter) => px + (WIDE.test(letter) ? WIDE_PX : LETTER_PX), 0);

/** As much of a label as there is room for. */
export function fitted(label: string, px: number): string {
  const letters = [...label];
  while (letters.length > 1 && widthOf(letters.join("")) > px) letters.splice(-2, 2, "…");
  return letters.join("");
}

const LEAST_VIEW_MS = 50;

/** Another part of all there is: `by` > 1 shows less, around `at`. */
export function zoomed(view: View, all: View, by: number, at = (view.from + view.to) / 2): View | null {
  const span = Math.max((view.to - view.from) / by, LEAST_VIEW_MS);
  if (span >= all.to - all.from) return null;
  const share = (at - view.from) / (view.to - view.from);
  return within({ from: at - share * span, to: at + (1 - share) * span }, all);
}

export const panned = (view: View, all: View, byMs: number): View =>
  within({ from: view.from + byMs, to: view.to + byMs }, all);

function within({ from, to }: View, all: View): View {
  const by = from < all.from ? all.from - from : to > all.to ? all.to - to : 0;
  return { from: from + by, to: to + by };
}
