// The banner's words for each state, and when the composer is closed.
import { describe, expect, it } from "vitest";
import { bannerOf, cannotSend, canReportSeen } from "../../src/state/banner";
import type { ConnectionStatus, Link } from "../../src/state/store";
import { english } from "../../src/strings";
import * as eg from "../examples";

const inStatus = (status: ConnectionStatus, fields = {}) =>
  eg.live([], { status: eg.status({ status, ...fields }) });
const inLink = (link: Link) => eg.state(eg.snapshot(), { kind: "link-changed", link });

describe("the banner", () => {
  it("says nothing while all is well", () => {
    expect(bannerOf(inStatus("connected"), english)).toBeNull();
  });
  it("of a lost connection tells the cause, the next try and a way not to wait", () => {
    expect(
      bannerOf(
        inStatus("reconnecting", { detail: "The server closed.", retryInMs: 4_000, cause: "lost" }),
        english,
      ),
    ).toEqual({
      tone: "warning",
      text: "Connection lost. Reconnecting…",
      detail: "The server closed.",
      cause: "lost",
      retryAtMs: eg.NOW + 4_000,
      canReconnect: true,
      canBeginAnew: false,
      isFleeting: false,
    });
  });
  it.each([
    ["read_only", "ended", true, true],
    ["read_only", null, true, true],
    ["read_only", "ended", false, false],
    ["failed", "elsewhere", true, true],
    ["failed", "authentication", true, true],
    ["failed", "not_found", true, false],
    ["reconnecting", "lost", true, false],
  ] as const)(
    "of %s for %s offers another conversation where there can be one",
    (status, cause, can, offers) => {
      const state = eg.live([], { canBeginAnew: can, status: eg.status({ status, cause }) });
      expect(bannerOf(state, english)?.canBeginAnew).toBe(offers);
    },
  );
  it("of a first connection that failed is like that of a lost one", () => {
    expect(bannerOf(inStatus("connecting", { detail: "Refused.", retryInMs: 900 }), english)).toMatchObject({
      tone: "warning",
      canReconnect: true,
      isFleeting: false,
    });
  });
  it.each([
    ["idle", "quiet", false, true],
    ["connecting", "quiet", false, true],
    ["read_only", "quiet", false, false],
    ["closed", "quiet", false, false],
    ["failed", "error", true, false],
  ] as const)("of %s is %s", (status, tone, canReconnect, isFleeting) => {
    expect(bannerOf(inStatus(status), english)).toMatchObject({ tone, canReconnect, isFleeting });
  });
  it("of an absent kernel tells what is shown instead, if anything is", () => {
    expect(bannerOf(inLink("absent"), english)).toBeNull();
    const withCopy = eg.state(eg.snapshot({ messages: eg.messages(1) }), {
      kind: "link-changed",
      link: "absent",
    });
    expect(bannerOf(withCopy, english)).toMatchObject({
      text: "A saved copy of the conversation",
      detail: "Run the cell to connect",
    });
    expect(cannotSend(withCopy, english)).toBe("Messages cannot be sent: there is no kernel.");
    expect(canReportSeen(withCopy)).toBe(false);
  });
  it.each([
    ["starting", "quiet", "Waiting for the kernel…", "A running cell may be holding it up."],
    ["silent", "warning", "The kernel is not answering", english.linkDetail.silent],
    ["gone", "error", "Kernel stopped: run the cell again", "In a dashboard: reload the page."],
    ["mismatch", "error", english.link.mismatch, null],
  ] as const)("of a kernel that is %s comes first", (link, tone, text, detail) => {
    expect(bannerOf(inLink(link), english)).toMatchObject({ tone, text, detail, canReconnect: false });
  });
});

it("the composer is closed with a reason, and open while a connection may come back", () => {
  for (const status of ["read_only", "closed", "failed"] as const) {
    expect(cannotSend(inStatus(status), english)).toBe(english.cannotSend[status]);
  }
  for (const status of ["idle", "connecting", "connected", "reconnecting"] as const) {
    expect(cannotSend(inStatus(status), english)).toBeNull();
  }
  expect(cannotSend(inLink("gone"), english)).toBe(english.cannotSend.gone);
  expect(cannotSend(inLink("mismatch"), english)).toBe(english.cannotSend.mismatch);
  expect(cannotSend(inLink("silent"), english)).toBeNull();
});

it("who has not answered the conversation yet is told so, once the kernel has said it", () => {
  const offered = eg.live([], { capabilities: ["history"] });
  expect(cannotSend(offered, english)).toBe(english.cannotSend.unanswered);
  expect(cannotSend(eg.state(), english)).toBeNull();
  const over = eg.live([], { capabilities: ["history"], status: eg.status({ status: "read_only" }) });
  expect(cannotSend(over, english)).toBe(english.cannotSend.read_only);
});

it("the banner of who only watches is that of everybody, and nothing is reported as seen", () => {
  const lost = { status: eg.status({ status: "reconnecting", retryInMs: 400 }) };
  const watching = eg.live([], { ...lost, capabilities: ["history"], looksOn: true });
  expect(bannerOf(watching, english)).toEqual(bannerOf(eg.live([], lost), english));
  expect(canReportSeen(watching)).toBe(false);
});

it("a viewer who only looks on, and a page without a kernel, report nothing as seen", () => {
  expect(canReportSeen(inStatus("connected"))).toBe(true);
  expect(canReportSeen(inStatus("reconnecting"))).toBe(true);
  expect(canReportSeen(inStatus("read_only"))).toBe(false);
  expect(canReportSeen(inStatus("closed"))).toBe(false);
  expect(canReportSeen(inLink("silent"))).toBe(false);
});
