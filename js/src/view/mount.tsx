// Draws a conversation into an element until a signal says that the view has gone.

import { render } from "preact";
import type { Actions } from "../kernel/actions";
import type { Store } from "../state/store";
import { Conversation } from "./conversation";
import { keepFocus } from "./kit/kept-focus";
import { pageShade } from "./theme";

export function mountConversation(
  el: HTMLElement,
  store: Store,
  actions: Actions,
  signal: AbortSignal,
): void {
  el.classList.add("ipg-host");
  keepFocus(el, signal);
  render(<Conversation store={store} actions={actions} shade={pageShade(el)} />, el);
  signal.addEventListener(
    "abort",
    () => {
      render(null, el);
      el.classList.remove("ipg-host");
    },
    { once: true },
  );
}
