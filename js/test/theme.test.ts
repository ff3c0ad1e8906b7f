// The shade of a page without Jupyter's colours.
// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { luminanceOf, pageShade } from "../src/theme";

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
