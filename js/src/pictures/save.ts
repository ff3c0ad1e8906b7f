// Saves a picture as the page shows it: an SVG file with its colours in it, or a PNG of that.

const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "fill-opacity",
  "stroke-opacity",
  "stroke-dasharray",
  "opacity",
];
const OF_TEXT = ["font-size", "font-family", "font-weight", "text-anchor"];
const SCALE = 2;

/** The drawings of a picture below one another, as a file of its own. */
export function asSvg(drawings: readonly SVGSVGElement[], title: string): string {
  const [first] = drawings;
  if (first === undefined) return "";
  const page = first.ownerDocument;
  const root = getComputedStyle(first.closest(".ipg-root") ?? first);
  const svg = page.createElementNS("http://www.w3.org/2000/svg", "svg");
  const make = (name: string, attributes: Record<string, string | number>): Element => {
    const element = page.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const width = first.width.baseVal.value;
  let top = 44;
  const parts = drawings.map((drawing) => {
    const copy = withColours(drawing);
    const height = drawing.height.baseVal.value;
    for (const [key, value] of Object.entries({ x: 0, y: top, width, height }))
      copy.setAttribute(key, String(value));
    top += height;
    return copy;
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  for (const [key, value] of Object.entries({ width, height: top + 8, viewBox: `0 0 ${width} ${top + 8}` })) {
    svg.setAttribute(key, String(value));
  }
  const heading = make("text", { x: 14, y: 26, "font-size": 15, "font-weight": 600, fill: root.color });
  heading.setAttribute("font-family", root.fontFamily);
  heading.textContent = title;
  svg.append(make("rect", { width, height: top + 8, fill: root.backgroundColor }), heading, ...parts);
  return new XMLSerializer().serializeToString(svg);
}

/** A copy that looks the same without the page's style sheets. */
function withColours(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [...drawing.querySelectorAll("*")];
  const copies = [...copy.querySelectorAll("*")];
  originals.forEach((original, at) => {
    const style = getComputedStyle(original);
    const names = original.tagName === "text" ? [...KEPT, ...OF_TEXT] : KEPT;
    for (const name of names) copies[at]?.setAttribute(name, style.getPropertyValue(name));
    copies[at]?.removeAttribute("class");
  });
  copy.removeAttribute("class");
  for (const gone of copy.querySelectorAll("[data-passing]")) gone.remove();
  return copy;
}

export async function asPng(svg: string, page: Document): Promise<Blob> {
  const view = page.defaultView ?? window;
  const image = new view.Image();
  // No blob: a page's policy may refuse those.
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = page.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob === null ? failed(new Error("no picture")) : done(blob)), "image/png"),
  );
}

export function download(blob: Blob, name: string, page: Document): void {
  const link = page.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
