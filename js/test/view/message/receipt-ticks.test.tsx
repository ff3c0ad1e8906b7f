// The states of our own messages: a drawing and its words each, in one box size.
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { ViewMessage } from "../../../src/protocol.gen";
import { english } from "../../../src/strings";
import { ReceiptTicks } from "../../../src/view/message/receipt-ticks";
import * as eg from "../../examples";
import { draw } from "../draw";

const STATES = ["sending", "sent", "delivered", "read", "failed", "unknown", "unread"] as const;

it.each(STATES)(
  "%s has words, and a drawing of the same size as the others",
  (status: ViewMessage["status"]) => {
    const ticks = draw(<ReceiptTicks message={eg.own({ status })} strings={english} />).find(".ipg-ticks");
    expect([ticks.getAttribute("role"), ticks.getAttribute("aria-label")]).toEqual([
      "img",
      english.status[status],
    ]);
    expect(ticks.querySelector("svg")?.getAttribute("width")).toBe("20");
  },
);

it.each(["sent", "delivered"] as const)("%s and inferred to be seen says both", (status) => {
  const ticks = draw(<ReceiptTicks message={eg.own({ status, seenInferred: true })} strings={english} />);
  expect(ticks.find(".ipg-ticks").getAttribute("aria-label")).toBe(
    `${english.status[status]}, seen (inferred)`,
  );
  const plain = draw(<ReceiptTicks message={eg.own({ status })} strings={english} />);
  expect(ticks.find("path").getAttribute("d")).not.toBe(plain.find("path").getAttribute("d"));
  expect(ticks.find("svg").getAttribute("width")).toBe("20");
});

it.each(["read", "failed"] as const)("%s is better known than what was inferred", (status) => {
  const ticks = draw(<ReceiptTicks message={eg.own({ status, seenInferred: true })} strings={english} />);
  expect(ticks.find(".ipg-ticks").getAttribute("aria-label")).toBe(english.status[status]);
});
