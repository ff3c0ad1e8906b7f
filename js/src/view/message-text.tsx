// The text of a message: links made clickable, long texts folded, the rest fetched on demand. Never markup.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { displayText, folded } from "../format";
import { splitLinks } from "../links";
import type { ViewMessage } from "../protocol.gen";
import { isCut } from "../store";
import type { Services } from "./services";

export function MessageText({
  message,
  services,
}: {
  message: ViewMessage;
  services: Services;
}): JSX.Element {
  const { strings, actions } = services;
  const [isOpen, setOpen] = useState(false);
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
      <span class="ipg-text" lang="">
        <Linked text={isOpen || start === null ? whole : start} />
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
