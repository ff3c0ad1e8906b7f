// When a message came and what has become of it, in full.
import { expect, it } from "vitest";
import { english } from "../../src/strings";
import { detail } from "../../src/text/detail";
import { createFormat } from "../../src/text/format";
import * as eg from "../examples";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const lines = (message: Parameters<typeof detail>[0]): readonly string[] =>
  detail(message, eg.NOW + 5 * MINUTE, createFormat(english, "en-GB"), english);
const time = (ms: number): string => new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(ms);
const CAME = `${createFormat(english, "en-GB").moment(eg.NOW)} · 5 min ago`;

it("of others tells when they came", () => {
  expect(lines(eg.message())).toEqual([CAME]);
});

it("of ours tells when it was read, to the second", () => {
  const read = eg.NOW + 2 * MINUTE;
  expect(lines(eg.own({ status: "read", statusTimeMs: read }))).toEqual([
    CAME,
    `Read: ${time(read)} · 3 min ago`,
  ]);
});

it("tells the day where it is another one", () => {
  const [, read] = lines(eg.own({ timeMs: eg.NOW - DAY, status: "read", statusTimeMs: eg.NOW }));
  expect(read).toBe(`Read: ${CAME}`);
});

it("says no more than is known", () => {
  expect(lines(eg.own({ status: "delivered" }))).toEqual([CAME, "Delivered"]);
  expect(lines(eg.own({ status: "sent", seenInferred: true }))).toEqual([CAME, "Sent, seen (inferred)"]);
});
