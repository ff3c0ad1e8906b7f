// What a copy takes of the list: the messages chosen, those selected across, or the one with the focus.

import type { ViewMessage } from "../../protocol.gen";
import { allAsText, asText } from "../../text/copying";
import type { Services } from "../kit/services";
import { articlesIn, focusedIn } from "./articles";

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
