// The scenario that is open: its steps, what came where something else was expected, and its conversation.

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useChatBeside } from "../explore/chat-beside";
import { showMessage } from "../explore/show-message";
import type { Show } from "../explore/show-widget";
import type { OpenedScenario, RunRow } from "../explore.gen";
import type { PageShade } from "../view/theme";
import { Steps } from "./steps";
import type { Words } from "./words";

interface Props {
  readonly row: RunRow;
  readonly opened: OpenedScenario | null;
  readonly words: Words;
  readonly shade: PageShade;
  readonly show: Show;
  readonly onClose: () => void;
}

/** A conversation that has just been drawn has its messages a little later. */
const LOOK_MS = 100;
const PATIENCE_MS = 5_000;

export function Scenario({ row, opened, words, shade, show, onClose }: Props): JSX.Element {
  const chat = opened?.chat ?? "";
  const wanted = opened?.messageId ?? null;
  const { place, isShown, hasFailed } = useChatBeside(chat, show);
  // Where it failed is brought into sight as soon as it is there.
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || !isShown || wanted === null) return;
    return whenThere(element, wanted, () => showMessage(element.ownerDocument, wanted));
  }, [place, chat, isShown, wanted]);
  const go = (id: string): void => {
    if (place.current !== null) showMessage(place.current.ownerDocument, id);
  };
  const said =
    opened === null || (opened.hasChat && !isShown && !hasFailed)
      ? words("opening")
      : !opened.hasChat
        ? words("noConversation")
        : hasFailed
          ? words("cannotShow")
          : "";
  return (
    <div class="ipg-run-opened">
      <section
        class="ipg-root ipg-run-part ipg-run-details"
        data-shade={shade}
        data-state={row.state}
        aria-label={words("details", { name: row.name })}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      >
        <header>
          <b dir="auto">{row.name}</b>
          <span class="ipg-run-outcome">{words(`state.${row.state}`)}</span>
          <button type="button" class="ipg-run-link" onClick={onClose}>
            {words("close")}
          </button>
        </header>
        {opened !== null && opened.words !== "" && (
          <p class="ipg-run-problem" dir="auto" lang="en">
            {opened.words}
          </p>
        )}
        {opened !== null && <Steps steps={opened.steps} words={words} onGo={isShown ? go : null} />}
        <p class="ipg-run-note">
          <span aria-live="polite">{said}</span>
          {opened?.conversationId && (
            <span class="ipg-run-id">{words("conversation", { id: opened.conversationId })}</span>
          )}
        </p>
      </section>
      <div class="ipg-run-chat" ref={place} />
    </div>
  );
}

/** Calls once a message is in the page, or never; gives what ends the waiting. */
function whenThere(within: Element, id: string, call: () => void): () => void {
  const until = performance.now() + PATIENCE_MS;
  const timer = setInterval(() => {
    const isThere = within.querySelector(`[data-message-id="${CSS.escape(id)}"]`) !== null;
    if (isThere) call();
    if (isThere || performance.now() > until) clearInterval(timer);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
