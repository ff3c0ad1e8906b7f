// The title of a picture, and what can be done with it.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { asPng, asSvg, download } from "./save";
import { Tool } from "./tool";
import type { Words } from "./words";

interface HeadProps {
  readonly name: string;
  readonly words: Words;
  readonly drawings: () => readonly SVGSVGElement[];
  readonly children?: ComponentChildren;
}

export function Head({ name, words, drawings, children }: HeadProps): JSX.Element {
  const [hasFailed, setFailed] = useState(false);
  const save = async (kind: "svg" | "png"): Promise<void> => {
    const [drawing] = drawings();
    if (drawing === undefined) return;
    const page = drawing.ownerDocument;
    try {
      const svg = asSvg(drawings(), name);
      const blob = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await asPng(svg, page);
      download(blob, `${name.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}.${kind}`, page);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <header class="ipg-picture-head">
      <h3 class="ipg-picture-name">{name}</h3>
      <div class="ipg-picture-tools">
        {children}
        <Tool label={words("saveSvg")} onClick={() => void save("svg")}>
          SVG
        </Tool>
        <Tool label={words("savePng")} onClick={() => void save("png")}>
          PNG
        </Tool>
      </div>
      <p class="ipg-picture-failed" role="status">
        {hasFailed ? words("saveFailed") : ""}
      </p>
    </header>
  );
}
