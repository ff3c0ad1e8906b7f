// What has the focus keeps it when it is drawn in another place; what goes leaves it to the box of the table.

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

export function useKeptFocus(within: RefObject<HTMLElement | null>): void {
  const root = within.current?.getRootNode() as Document | ShadowRoot | undefined;
  const focused = (root?.activeElement ?? null) as HTMLElement | null;
  const before = within.current?.contains(focused) ? focused : null;
  // Outside of the widget, the next key is the notebook's.
  useLayoutEffect(() => {
    const now = root?.activeElement ?? null;
    if (before === null || (now !== null && now !== document.body)) return;
    const box = within.current?.closest(".ipg-run-frame")?.querySelector<HTMLElement>(".ipg-run-box");
    (before.isConnected ? before : box)?.focus({ preventScroll: true });
  });
}
