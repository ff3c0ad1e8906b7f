// Draws the player into an element below the conversation that it plays, until its view has gone.

import { render } from "preact";
import { pageShade } from "../view/theme";
import { Bar } from "./bar";
import { doneBy, type Player } from "./player";

const HAS_OWN_TEXT = "textarea, select, input:not([type=range])";

export function mountPlayer(el: HTMLElement, player: Player, signal: AbortSignal): void {
  const shade = pageShade(el);
  const draw = (): void => {
    const state = player.state();
    if (state !== null) render(<Bar player={player} state={state} shade={shade} />, el);
  };
  draw();
  player.subscribe(draw, signal);
  const view = el.parentElement ?? el;
  view.addEventListener(
    "keydown",
    (event) => {
      const { target, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || event.isComposing) return;
      const isWriting = target instanceof Element && target.matches(HAS_OWN_TEXT);
      const does = isWriting ? null : doneBy(event.key, player);
      if (does !== null) {
        does();
        event.preventDefault();
        event.stopPropagation();
      }
    },
    { capture: true, signal },
  );
  signal.addEventListener("abort", () => render(null, el), { once: true });
}
