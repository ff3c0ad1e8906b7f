// Copying messages: a button beside the one under the pointer or with the focus, and what is selected across several.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ViewMessage } from "../../protocol.gen";
import { allAsText, asText } from "../../text/copying";
import { IconButton } from "../kit/icon-button";
import { CheckIcon, CopyIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { articlesIn, focusedIn } from "./articles";

const SAID_MS = 2_000;

/** What became of a copy, for a moment; and the way to make one. */
export function useCopy(words: Services["strings"]["tools"]) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (text: string, button: HTMLElement): void =>
    void writeClipboard(text, button).then((isDone) => setSaid(isDone ? words.copied : words.copyFailed));
  return [said, copy] as const;
}

export function CopyButton({ message, services }: { message: ViewMessage; services: Services }): JSX.Element {
  const words = services.strings.tools;
  const [said, copy] = useCopy(words);
  return (
    <span class="ipg-copy">
      <IconButton
        label={words.copy}
        title={said || undefined}
        onClick={(event) => copy(allAsText([message], services), event.currentTarget)}
      >
        {said === words.copied ? <CheckIcon /> : <CopyIcon />}
      </IconButton>
      <span class="ipg-hidden" role="status">
        {said}
      </span>
    </span>
  );
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

/**
 * What a `copy` in the page puts on the clipboard, if it is about this list: the messages that are chosen or selected, or the one with the focus.
 * Without a selection some browsers tell the page of it and not what has the focus.
 */
export function onCopy(
  event: ClipboardEvent,
  content: HTMLElement | null,
  messages: readonly ViewMessage[],
  chosen: readonly ViewMessage[],
  services: Services,
): void {
  if (content === null) return;
  const selection = content.ownerDocument.defaultView?.getSelection();
  const known = new Map(messages.map((each) => [each.id, each]));
  const messageOf = (article?: HTMLElement) => known.get(article?.dataset.messageId ?? "");
  const focus = focusedIn(content);
  let words = "";
  if (chosen.length > 0) {
    if (content.parentElement?.contains(focus)) words = allAsText(chosen, services);
  } else if (selection === null || selection === undefined || selection.isCollapsed) {
    const focused = messageOf(articlesIn(content).find((each) => each.contains(focus)));
    if (focused !== undefined) words = allAsText([focused], services);
  } else {
    const range = selection.getRangeAt(0);
    if (!content.parentElement?.contains(range.commonAncestorContainer)) return;
    const selected = articlesIn(content).filter((each) => range.intersectsNode(each));
    // Within one message the browser's own way is the best.
    const text = (article: HTMLElement): string => {
      const message = messageOf(article);
      return message ? asText(message, services.format, services.strings, selectedIn(article, range)) : "";
    };
    if (selected.length > 1) words = selected.map(text).join("\n\n");
  }
  if (words === "") return;
  event.clipboardData?.setData("text/plain", words);
  event.preventDefault();
}

/** The part of an article's text that a range holds; undefined when it has no text. */
function selectedIn(article: HTMLElement, range: Range): string | undefined {
  const text = article.querySelector(".ipg-text");
  if (text === null) return undefined;
  const part = range.cloneRange();
  if (part.comparePoint(text, 0) >= 0) part.setStart(text, 0);
  if (part.comparePoint(text, text.childNodes.length) <= 0) part.setEnd(text, text.childNodes.length);
  return part.toString();
}
