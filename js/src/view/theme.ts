// Whether a page without Jupyter's or VS Code's colours is light or dark, by what is painted behind the view.

export type PageShade = "light" | "dark" | "unknown";

/** The shade of the nearest background that is not see-through, through shadow roots and up to the page. */
export function pageShade(element: Element): PageShade {
  let at: Node | null = element;
  while (at !== null) {
    if (at instanceof Element) {
      const luminance = luminanceOf(getComputedStyle(at).backgroundColor);
      if (luminance !== null) return luminance > 0.4 ? "light" : "dark";
    }
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
  return "unknown";
}

/** From 0 (black) to 1 (white); null when the colour is see-through or not written as rgb(). */
export function luminanceOf(color: string): number | null {
  const [red, green, blue, alpha = 1] = [...color.matchAll(/[\d.]+/g)].map(([number]) => Number(number));
  if (!color.startsWith("rgb") || red === undefined || green === undefined || blue === undefined) return null;
  return alpha < 0.5 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
