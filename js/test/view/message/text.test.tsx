// The text of a message: never markup, folded when long, fetched when cut.
// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { MessageText } from "../../../src/view/message/text";
import * as eg from "../../examples";
import { click, draw, services } from "../draw";

const text = (fields: Parameters<typeof eg.message>[0], with_ = services()) =>
  draw(<MessageText message={eg.message(fields)} services={with_} />);

it("is text, whatever it looks like", () => {
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>&lt;b&gt;';
  const drawn = text({ text: hostile });
  expect(drawn.find(".ipg-text").textContent).toBe(hostile);
  expect(drawn.all("img, script, b")).toEqual([]);
});

it("has links that open elsewhere and tell nothing", () => {
  const link = text({ text: "see https://example.com/a" }).find<HTMLAnchorElement>("a");
  expect([link.href, link.rel, link.target]).toEqual([
    "https://example.com/a",
    "noopener noreferrer",
    "_blank",
  ]);
});

it("says when it is on its way and when it cannot be had", () => {
  expect(text({ text: null }).el.textContent).toBe("Loading message…");
  expect(text({ text: null, unavailable: true }).el.textContent).toBe("Message unavailable");
  expect(text({ text: "", withdrawn: true }).el.textContent).toBe("Message withdrawn");
});

describe("a long text", () => {
  it("is folded, opened and closed again", () => {
    const drawn = text({ text: "x".repeat(5_000) });
    const button = drawn.find("button");
    expect([button.textContent, button.getAttribute("aria-expanded")]).toEqual(["Show more", "false"]);
    expect(drawn.find(".ipg-text").textContent?.length).toBe(1_201);
    click(button);
    expect(drawn.find(".ipg-text").textContent?.length).toBe(5_000);
    expect(button.textContent).toBe("Show less");
    click(button);
    expect(button.textContent).toBe("Show more");
  });
  it("that was cut is asked for when it is opened", () => {
    const with_ = services();
    const cut = eg.message({ text: "x".repeat(16_384), fullLength: 20_000 });
    const drawn = draw(<MessageText message={cut} services={with_} />);
    click(drawn.find("button"));
    expect(with_.actions.loadText).toHaveBeenCalledWith("m0");
    expect(drawn.find("button").textContent).toBe("Loading…");
    drawn.redraw(<MessageText message={eg.message({ text: "y".repeat(20_000) })} services={with_} />);
    expect(drawn.find(".ipg-text").textContent).toBe("y".repeat(20_000));
  });
});
