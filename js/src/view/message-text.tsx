// The text of a message: links made clickable, code in its own type, long texts folded, the rest fetched. Never markup.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { splitCode } from "../code";
import { displayText, folded, isEmoji } from "../format";
import { splitLinks } from "../links";
import type { ViewMessage } from "../protocol.gen";
import { isCut } from "../store";
import type { Services } from "./services";

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
  useEffect(() => {
    if (!isHit) return;
    setOpen(true);
    if (isCut(message)) actions.loadText(message.id);
  }, [isHit]);
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
        <Written text={isOpen || start === null ? whole : start} isCut={cut || (start !== null && !isOpen)} />
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

function Written({ text, isCut }: { text: string; isCut: boolean }): JSX.Element {
  const parts = splitCode(text, isCut).map((part, i) => {
    if (part.kind === "prose") return <Linked key={i} text={part.text} />;
    // What is in a block keeps its own direction, and that is the direction of code.
    if (part.kind === "code")
      return (
        <code class="ipg-code" dir="ltr" key={i}>
          {part.text}
        </code>
      );
    return (
      <code class="ipg-code ipg-code-block" dir="ltr" key={i}>
        {part.text}
      </code>
    );
  });
  return <>{parts}</>;
}

function Linked({ text }: { text: string }): JSX.Element {
  const parts = splitLinks(text).map((part, i) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <a
        key={i}
        class="ipg-link"
        href={part.href}
        title={part.href}
        target="_blank"
        rel="noopener noreferrer"
      >
        {part.text}
      </a>
    ),
  );
  return <>{parts}</>;
}
