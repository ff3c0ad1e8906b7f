// Searching the whole conversation: hits are counted, Enter goes to the next, Shift+Enter to the one before.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchState, ViewState } from "../../state/store";
import type { Strings } from "../../strings";
import { messageName, sentences } from "../../text/a11y";
import { IconButton } from "../kit/icon-button";
import { CloseIcon, DownIcon, UpIcon } from "../kit/icons";
import { isComposing } from "../kit/is-composing";
import { KernelWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";

/** Whoever types on means another word. */
export const TYPING_PAUSE_MS = 150;

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  /** Grows with each wish to search: the bar takes the focus. */
  readonly asked: number;
  /** `goesBack`: to where the user was before. */
  readonly onClose: (goesBack: boolean) => void;
}

export function SearchBar({ state, services, asked, onClose }: Props): JSX.Element {
  const { actions, strings } = services;
  const words = strings.tools;
  const { search } = state;
  const [query, setQuery] = useState("");
  const box = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.select();
  }, [asked]);
  useEffect(() => {
    const timer = setTimeout(() => actions.search(query), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  // The kernel was restarted, or has forgotten this page meanwhile.
  useEffect(() => {
    if (search !== null && search.id === "") actions.search(search.query);
  }, [search?.id]);
  const count = search?.count ?? 0;
  // The first hit is shown as such before it is there.
  const ordinal = Math.max(1, search?.ordinal ?? 0);
  const isAtNone = search !== null && search.ordinal === 0 && count > 0;
  useEffect(() => {
    if (isAtNone) actions.load({ where: "hit", ordinal: 1 });
  }, [isAtNone, search?.id]);
  useEffect(() => () => actions.search(""), []);
  const said = progress(search, ordinal, words);
  const hit = state.messages.find((each) => each.id === search?.hitId);
  const name = hit && messageName(hit, services.format, strings, services.looksOn);
  useEffect(() => services.voice.say("search", () => sentences([said, name ?? ""])), [said, name]);

  const go = (by: number): void => {
    if (count > 0) actions.load({ where: "hit", ordinal: ((ordinal - 1 + by + count) % count) + 1 });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    // Esc gives a composition up, Enter ends it.
    if (isComposing(event)) return;
    if (event.key === "Escape") onClose(true);
    else if (event.key === "Enter" && event.target === box.current) go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };

  return (
    <search class="ipg-search" onKeyDown={onKeyDown}>
      <div class="ipg-search-row">
        <input
          ref={box}
          type="search"
          class="ipg-field"
          dir="auto"
          aria-label={words.searchLabel}
          placeholder={words.searchLabel}
          maxLength={200}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        {/* The voice says it, with the message. */}
        <span class="ipg-hits" role="status" aria-live="off" aria-hidden={!said}>
          {said}
        </span>
        <IconButton label={words.next} disabled={count === 0} onClick={() => go(1)}>
          <UpIcon />
        </IconButton>
        <IconButton label={words.previous} disabled={count === 0} onClick={() => go(-1)}>
          <DownIcon />
        </IconButton>
        <IconButton label={words.close} onClick={() => onClose(false)}>
          <CloseIcon />
        </IconButton>
      </div>
      {search?.isComplete && (search.hasOlder || search.isLoading) && (
        <div class="ipg-search-row ipg-quiet">
          <span>{search.isLoading ? words.searchingOlder : words.notSearched}</span>
          {search.error !== null && (
            <KernelWords cause={search.error.cause} words={search.error.message} services={services} />
          )}
          {!search.isLoading && (
            <button type="button" class="ipg-text-button" onClick={actions.searchOlder}>
              {words.searchOlder}
            </button>
          )}
        </div>
      )}
    </search>
  );
}

function progress(search: SearchState | null, ordinal: number, words: Strings["tools"]): string {
  if (search === null) return "";
  if (search.count > 0) return words.hitOf(ordinal, search.count);
  return search.isComplete ? words.noHits : words.searching;
}
