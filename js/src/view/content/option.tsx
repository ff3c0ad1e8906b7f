// One thing to pick or to open: a button, a link, or, when it can be neither, its words.

import type { JSX } from "preact";
import type { Strings } from "../../strings";
import { displayName } from "../../text/format";
import { pageHref } from "../../text/links";
import { CheckIcon, LinkIcon } from "../kit/icons";

interface Props {
  readonly text: string;
  /** Where it leads, as the other side says; null for one that answers. */
  readonly url?: string | null;
  readonly isOpen: boolean;
  readonly isPicked: boolean;
  readonly onPick: () => void;
  /** What stands over it, where several offer the same. */
  readonly about?: string;
  readonly strings: Strings;
}

export function Option({ text, url = null, isOpen, isPicked, onPick, about, strings }: Props): JSX.Element {
  const words = <bdi>{displayName(text)}</bdi>;
  if (url !== null) {
    const href = pageHref(url);
    if (href === null) return <span class="ipg-option ipg-option-closed">{words}</span>;
    return (
      <a class="ipg-option" href={href} title={href} target="_blank" rel="noopener noreferrer">
        {words}
        <LinkIcon />
      </a>
    );
  }
  if (isOpen) {
    return (
      <button type="button" class="ipg-option" aria-description={about || undefined} onClick={() => onPick()}>
        {words}
      </button>
    );
  }
  return (
    <span class={`ipg-option ipg-option-closed${isPicked ? " ipg-picked" : ""}`}>
      {isPicked && <CheckIcon />}
      {isPicked && <span class="ipg-hidden">{strings.content.chosen} </span>}
      {words}
    </span>
  );
}
