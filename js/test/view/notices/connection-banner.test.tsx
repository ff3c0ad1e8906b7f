// The banner: words, countdown, a way not to wait; nothing for what passes in a moment.
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionBanner, FLEETING_MS } from "../../../src/view/notices/connection-banner";
import * as eg from "../../examples";
import { click, draw, pass, services } from "../draw";

beforeEach(() => {
  vi.useFakeTimers({ now: eg.NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const lost = eg.live([], {
  status: eg.status({ status: "reconnecting", detail: "The server closed.", retryInMs: 5_000 }),
});

describe("the banner", () => {
  it("is a status region that is empty while all is well", () => {
    const banner = draw(<ConnectionBanner state={eg.live([])} services={services()} />).find("[role=status]");
    expect([banner.textContent, banner.dataset.shown]).toEqual(["", "false"]);
  });
  it("counts down to the next try, out of screen readers' hearing", () => {
    const drawn = draw(<ConnectionBanner state={lost} services={services()} />);
    const banner = drawn.find("[role=status]");
    expect(banner.textContent).toContain("Connection lost. Reconnecting… The server closed. Next try in 5 s");
    expect(drawn.find(".ipg-countdown").getAttribute("aria-hidden")).toBe("true");
    pass(2_500);
    expect(banner.textContent).toContain("Next try in 3 s");
    pass(3_000);
    expect(banner.textContent).toContain("Trying now…");
  });
  it("offers not to wait", () => {
    const with_ = services();
    click(draw(<ConnectionBanner state={lost} services={with_} />).find("button"));
    expect(with_.actions.reconnect).toHaveBeenCalledOnce();
  });
  it("offers another conversation where this one is over", () => {
    const with_ = services();
    const over = eg.live([], {
      canBeginAnew: true,
      status: eg.status({ status: "read_only", cause: "ended" }),
    });
    click(draw(<ConnectionBanner state={over} services={with_} />).find("button"));
    expect(with_.actions.beginAnew).toHaveBeenCalledOnce();
  });
  it("mentions what usually passes only when it lasts", () => {
    const connecting = eg.live([], { status: eg.status({ status: "connecting" }) });
    const drawn = draw(<ConnectionBanner state={connecting} services={services()} />);
    expect(drawn.find("[role=status]").textContent).toBe("");
    pass(FLEETING_MS);
    expect(drawn.find("[role=status]").textContent).toBe("Connecting…");
    drawn.redraw(<ConnectionBanner state={eg.live([])} services={services()} />);
    expect(drawn.find("[role=status]").textContent).toBe("");
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });
});
