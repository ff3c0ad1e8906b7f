// The title of a picture, and what can be done with it by small buttons.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { asPng, asSvg, download } from "./save";
import type { Sight } from "./sight";
import type { Words } from "./words";

interface ToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** Its sign is short, and its name says what it does. */
export const Tool = ({ label, onClick, children }: ToolProps): JSX.Element => (
  <button class="ipg-tool" type="button" aria-label={label} title={label} onClick={onClick}>
    {children}
  </button>
);

interface HeadProps {
  readonly name: string;
  readonly words: Words;
  readonly whole: Sight["whole"];
  readonly children?: ComponentChildren;
}

export function Head({ name, words, whole, children }: HeadProps): JSX.Element {
  const [hasFailed, setFailed] = useState(false);
  const save = async (kind: "svg" | "png"): Promise<void> => {
    const page = document;
    try {
      const svg = await whole((drawings) => asSvg(drawings, name));
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
