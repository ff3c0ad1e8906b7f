// The shade of a page without Jupyter's colours; colours that can be read.
// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { luminanceOf, pageShade } from "../../src/view/theme";

afterEach(() => {
  document.body.innerHTML = "";
  document.body.style.cssText = "";
});

it("luminance is that of opaque colours", () => {
  expect(luminanceOf("rgb(255, 255, 255)")).toBeCloseTo(1);
  expect(luminanceOf("rgb(0, 0, 0)")).toBe(0);
  expect(luminanceOf("rgba(0, 0, 0, 0)")).toBeNull();
  expect(luminanceOf("oklch(0.2 0 0)")).toBeNull();
});

it("the nearest painted background counts, through shadow roots", () => {
  document.body.style.backgroundColor = "rgb(20, 20, 24)";
  const host = document.body.appendChild(document.createElement("div"));
  const inner = host.attachShadow({ mode: "open" }).appendChild(document.createElement("div"));
  expect(pageShade(inner)).toBe("dark");
  host.style.backgroundColor = "rgb(250, 250, 250)";
  expect(pageShade(inner)).toBe("light");
});

it("a page that paints nothing is of unknown shade", () => {
  expect(pageShade(document.body.appendChild(document.createElement("div")))).toBe("unknown");
});

describe("the colours of avatars", () => {
  const css = readFileSync(join(import.meta.dirname, "../../src/style/message/message.css"), "utf8");
  const colours = [...css.matchAll(/--ipg-hue: #([0-9a-f]{6});/g)].map((match) => match[1] ?? "");
  const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) =>
      linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  it("are as many as names are spread over", () => {
    expect(colours).toHaveLength(6);
  });
  it.each(colours)("#%s carries white initials with a contrast of at least 4.5, in every theme", (colour) => {
    expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});
