// The text of a message: links, code and Markdown set, long texts folded, the rest fetched. Never HTML.

import type { ComponentChild, JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { ViewMessage } from "../../protocol.gen";
import { splitCode } from "../../text/code";
import { isCut } from "../../text/cut";
import { displayText, folded, isEmoji } from "../../text/format";
import { splitLinks } from "../../text/links";
import { splitMarkdown } from "../../text/markdown";
import type { Services } from "../kit/services";

export function MessageText({
  message,
  services,
  isHit = false,
}: {
  message: ViewMessage;
  services: Services;
  /** What was searched for is in it, perhaps in what is folded. */
  isHit?: boolean;
}): JSX.Element {
  const { strings, actions } = services;
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!isHit) return;
    setOpen(true);
    if (isCut(message)) actions.loadText(message.id);
  }, [isHit]);
  if (message.withdrawn) return <span class="ipg-placeholder">{strings.withdrawn}</span>;
  if (message.unavailable) return <span class="ipg-placeholder">{strings.unavailable}</span>;
  if (message.text === null) return <span class="ipg-placeholder">{strings.textPending}</span>;
  const whole = displayText(message.text);
  const start = folded(whole);
  const cut = isCut(message);
  const open = (): void => {
    setOpen(!isOpen);
    if (!isOpen && cut) actions.loadText(message.id);
  };
  return (
    <>
      <span class={isEmoji(whole) ? "ipg-text ipg-emoji" : "ipg-text"} lang="">
        {written(
          isOpen || start === null ? whole : start,
          cut || (start !== null && !isOpen),
          services.isMarkdown && !message.isOwn ? marked : linked,
        )}
        {(start !== null && !isOpen) || cut ? "…" : ""}
      </span>
      {(start !== null || cut) && (
        <button type="button" class="ipg-more" onClick={open} aria-expanded={isOpen}>
          {isOpen ? (cut ? strings.loadingText : strings.showLess) : strings.showMore}
        </button>
      )}
    </>
  );
}

// Functions, not components: each message that comes is drawn by them.

type Prose = (text: string) => ComponentChild;

/** `isCut`: the text goes on, and a block of code may end elsewhere. */
const written = (text: string, isCut: boolean, prose: Prose): ComponentChild =>
  splitCode(text, isCut).map((part, i) => {
    if (part.kind === "prose") return prose(part.text);
    // What is in a block keeps its own direction, and that is the direction of code.
    return (
      <code class={part.kind === "code" ? "ipg-code" : "ipg-code ipg-code-block"} dir="ltr" key={i}>
        {part.text}
      </code>
    );
  });

const marked = (text: string, isInLine = false): ComponentChild =>
  splitMarkdown(text, isInLine).map((part, i) => {
    if (part.kind === "link") return link(part);
    if (part.kind === "text") return linked(part.text);
    const Mark = part.kind;
    return <Mark key={i}>{marked(part.text, true)}</Mark>;
  });

const linked: Prose = (text) =>
  splitLinks(text).map((part) => (part.kind === "text" ? part.text : link(part)));

const link = ({ text, href }: { text: string; href: string }): JSX.Element => (
  <a class="ipg-link" href={href} title={href} target="_blank" rel="noopener noreferrer">
    {text}
  </a>
);
