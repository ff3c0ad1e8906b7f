// Draws a picture into an element until a signal says that the view has gone.

import { render } from "preact";
import { pageShade } from "../view/theme";
import { Picture } from "./picture";
import type { Known } from "./scene";

export interface Pictured {
  readonly known: () => Known;
  readonly subscribe: (hear: () => void, signal: AbortSignal) => void;
}

export function mountPicture(el: HTMLElement, pictured: Pictured, signal: AbortSignal): void {
  const shade = pageShade(el);
  const draw = (): void => render(<Picture known={pictured.known()} shade={shade} />, el);
  draw();
  pictured.subscribe(draw, signal);
  signal.addEventListener("abort", () => render(null, el), { once: true });
}
