// Copying a text with a button, and saying for a moment what became of it.

import { useEffect, useState } from "preact/hooks";
import type { Services } from "./services";

const SAID_MS = 2_000;

/** What became of a copy, for a moment; and the way to make one. `say` also hears of it. */
export function useCopy(words: Services["strings"]["tools"], say?: (outcome: string) => void) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (text: string, button: HTMLElement): void =>
    void writeClipboard(text, button).then((isDone) => {
      const outcome = isDone ? words.copied : words.copyFailed;
      setSaid(outcome);
      say?.(outcome);
    });
  return [said, copy] as const;
}

/** Pages served over plain HTTP have no clipboard of their own; there a `copy` event does it. */
async function writeClipboard(text: string, near: HTMLElement): Promise<boolean> {
  const page = near.ownerDocument;
  try {
    await page.defaultView?.navigator.clipboard.writeText(text);
    return true;
  } catch {
    const onCopy = (event: ClipboardEvent): void => {
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    page.addEventListener("copy", onCopy, { once: true, capture: true });
    const isCopied = page.execCommand("copy");
    page.removeEventListener("copy", onCopy, { capture: true });
    return isCopied;
  }
}
