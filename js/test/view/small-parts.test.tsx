// The header, the bar above the list, the jump button, the initials.
// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { english } from "../../src/strings";
import { Header } from "../../src/view/header";
import { Avatar } from "../../src/view/message/avatar";
import { JumpButton } from "../../src/view/notices/jump-button";
import { OlderBar } from "../../src/view/notices/older-bar";
import * as eg from "../examples";
import { click, draw, pass, services } from "./draw";

describe("the header", () => {
  it("names the conversation and says whether it is live", () => {
    const drawn = draw(<Header state={eg.live([], { title: "Order 17\u202e" })} strings={english} />);
    expect([drawn.find(".ipg-title").textContent, drawn.find(".ipg-presence").textContent]).toEqual([
      "Order 17",
      "Connected",
    ]);
    drawn.redraw(<Header state={eg.state(eg.snapshot({ title: "" }))} strings={english} />);
    expect([drawn.find(".ipg-title").textContent, drawn.find(".ipg-presence").textContent]).toEqual([
      "Conversation",
      "Starting",
    ]);
    const absent = eg.state(eg.snapshot(), { kind: "link-changed", link: "absent" });
    drawn.redraw(<Header state={absent} strings={english} />);
    expect(drawn.find(".ipg-presence").textContent).toBe("No kernel");
  });
});

describe("the bar above the list", () => {
  it("is there only while earlier messages come, or could not", () => {
    const with_ = services();
    const drawn = draw(<OlderBar state={eg.live([])} services={with_} />);
    expect(drawn.el.textContent).toBe("");
    drawn.redraw(
      <OlderBar
        state={{ ...eg.live([]), pageRequest: { requestId: "r", where: "before", ordinal: 0 } }}
        services={with_}
      />,
    );
    expect(drawn.el.textContent).toBe("Loading earlier messages…");
    drawn.redraw(
      <OlderBar state={{ ...eg.live([]), olderError: eg.error("Server error") }} services={with_} />,
    );
    expect(drawn.el.textContent).toBe("Earlier messages could not be loaded: Server errorTry again");
    click(drawn.find("button"));
    expect(with_.actions.load).toHaveBeenCalledWith({ where: "before" });
    drawn.redraw(<OlderBar state={{ ...eg.live([]), olderError: "" }} services={with_} />);
    expect(drawn.el.textContent).toBe("Earlier messages could not be loadedTry again");
  });
  it("says how long the server wants it to wait, and goes on by itself", () => {
    vi.useFakeTimers({ now: eg.NOW });
    const with_ = services();
    const state = { ...eg.live([]), olderError: eg.error("Slow down"), olderRetryAtMs: eg.NOW + 2_000 };
    const drawn = draw(<OlderBar state={state} services={with_} />);
    expect(drawn.el.textContent).toContain("the next ones come in 2 s");
    expect(with_.actions.olderDue).not.toHaveBeenCalled();
    pass(2_250);
    expect(with_.actions.olderDue).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });
});

describe("the jump button", () => {
  it.each([
    [0, "Jump to latest"],
    [1, "Jump to latest 1 new message"],
    [250, "Jump to latest 250 new messages"],
  ])("with %i waiting", (waiting, text) => {
    const onJump = vi.fn();
    const button = draw(<JumpButton waiting={waiting} onJump={onJump} strings={english} />).find("button");
    expect(button.textContent).toBe(text);
    click(button);
    expect(onJump).toHaveBeenCalledOnce();
  });
});

it("initials are decoration, or the space for them", () => {
  expect(draw(<Avatar name="Ann Archer" isShown />).find("[aria-hidden=true]").textContent).toBe("AA");
  expect(draw(<Avatar name="Ann Archer" isShown={false} />).find("[aria-hidden=true]").textContent).toBe("");
});
