// The states of our own messages: a drawing and its words each, in one box size.
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { ViewMessage } from "../../src/protocol.gen";
import { english } from "../../src/strings";
import { ReceiptTicks } from "../../src/view/receipt-ticks";
import { draw } from "./draw";

const STATES = ["sending", "sent", "delivered", "read", "failed", "unknown", "unread"] as const;

it.each(STATES)(
  "%s has words, and a drawing of the same size as the others",
  (status: ViewMessage["status"]) => {
    const ticks = draw(<ReceiptTicks status={status} strings={english} />).find(".ipg-ticks");
    expect([ticks.getAttribute("role"), ticks.getAttribute("aria-label")]).toEqual([
      "img",
      english.status[status],
    ]);
    expect(ticks.querySelector("svg")?.getAttribute("width")).toBe("20");
  },
);
