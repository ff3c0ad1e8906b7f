// What is said of the newest message, and how long ago that was.
import { expect, it } from "vitest";
import { english } from "../../src/strings";
import { createFormat } from "../../src/text/format";
import { recency } from "../../src/text/recency";
import * as eg from "../examples";

const format = createFormat(english, "en-GB");
const MINUTE = 60_000;
const said = (newest: Parameters<typeof recency>[0]): string =>
  recency(newest, eg.NOW + 5 * MINUTE, format, english);

it.each([
  [undefined, ""],
  [eg.message(), "Last message 5 min ago"],
  [eg.message({ timeMs: eg.NOW + 5 * MINUTE }), "Last message just now"],
  [eg.own({ status: "sending" }), ""],
  [eg.own({ status: "failed" }), ""],
  [eg.own({ status: "unknown" }), ""],
  [eg.own({ status: "sent" }), "Sent 5 min ago"],
  [eg.own({ status: "delivered", statusTimeMs: eg.NOW + MINUTE }), "Delivered 4 min ago"],
  [eg.own({ status: "read", statusTimeMs: eg.NOW + 3 * MINUTE }), "Read 2 min ago"],
  [eg.own({ status: "read", statusTimeMs: null }), "Read"],
])("%j: %s", (newest, words) => {
  expect(said(newest)).toBe(words);
});
