// The banner: words, countdown, a way not to wait; nothing for what passes in a moment.
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ViewState } from "../../../src/state/store";
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
  it("is a status that is empty, and no stop, while all is well", () => {
    const banner = draw(<ConnectionBanner state={eg.live([])} services={services()} />).find(".ipg-banner");
    expect([banner.textContent, banner.dataset.shown, banner.getAttribute("aria-hidden")]).toEqual([
      "",
      "false",
      "true",
    ]);
  });
  it("counts down to the next try, out of screen readers' hearing", () => {
    const drawn = draw(<ConnectionBanner state={lost} services={services()} />);
    const banner = drawn.find(".ipg-banner");
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
    expect(drawn.find(".ipg-banner").textContent).toBe("");
    pass(FLEETING_MS);
    expect(drawn.find(".ipg-banner").textContent).toBe("Connecting…");
    drawn.redraw(<ConnectionBanner state={eg.live([])} services={services()} />);
    expect(drawn.find(".ipg-banner").textContent).toBe("");
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2); // One of them clears what was said.
  });
});

describe("what is said of the connection", () => {
  const told = (): { say: (state: ViewState) => void; said: () => string[] } => {
    const with_ = services();
    const said: string[] = [];
    vi.spyOn(with_.voice, "say").mockImplementation((kind, words = () => kind) => void said.push(words()));
    const { redraw } = draw(null);
    return { say: (state) => redraw(<ConnectionBanner state={state} services={with_} />), said: () => said };
  };
  it("is its loss and why, once, and that it is back", () => {
    const { say, said } = told();
    say(eg.live([]));
    say(lost);
    pass(3_000);
    say(eg.live([]));
    say(eg.live([]));
    expect(said()).toEqual(["Connection lost. Reconnecting… The server closed.", "Connected"]);
  });
  it("is not that it is there, where no loss was said", () => {
    const { say, said } = told();
    say(eg.live([], { status: eg.status({ status: "connecting" }) }));
    pass(FLEETING_MS);
    say(eg.live([]));
    expect(said()).toEqual(["Connecting…"]);
    const over = eg.live([], { status: eg.status({ status: "read_only", detail: "The agent has left." }) });
    say(over);
    say(eg.live([]));
    expect(said().slice(1)).toEqual(["This conversation is read-only. The agent has left."]);
  });
});
