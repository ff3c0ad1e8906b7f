// The text of a message: links made clickable, code and Markdown set, long texts folded, the rest fetched. Never HTML.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { splitCode } from "../code";
import { displayText, folded, isEmoji } from "../format";
import { splitLinks } from "../links";
import { splitMarkdown } from "../markdown";
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
        <Written
          text={isOpen || start === null ? whole : start}
          isCut={cut || (start !== null && !isOpen)}
          isMarkdown={services.isMarkdown && !message.isOwn}
        />
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

interface WrittenProps {
  readonly text: string;
  readonly isCut: boolean;
  readonly isMarkdown: boolean;
}

function Written({ text, isCut, isMarkdown }: WrittenProps): JSX.Element {
  const Prose = isMarkdown ? Marked : Linked;
  const parts = splitCode(text, isCut).map((part, i) => {
    if (part.kind === "prose") return <Prose key={i} text={part.text} />;
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

function Marked({ text }: { text: string }): JSX.Element {
  const parts = splitMarkdown(text).map((part, i) => {
    if (part.kind === "link") return <Link key={i} {...part} />;
    if (part.kind === "text") return <Linked key={i} text={part.text} />;
    const Mark = part.kind;
    return (
      <Mark key={i}>
        <Marked text={part.text} />
      </Mark>
    );
  });
  return <>{parts}</>;
}

function Linked({ text }: { text: string }): JSX.Element {
  const parts = splitLinks(text).map((part, i) =>
    part.kind === "text" ? part.text : <Link key={i} {...part} />,
  );
  return <>{parts}</>;
}

const Link = ({ text, href }: { text: string; href: string }): JSX.Element => (
  <a class="ipg-link" href={href} title={href} target="_blank" rel="noopener noreferrer">
    {text}
  </a>
);
