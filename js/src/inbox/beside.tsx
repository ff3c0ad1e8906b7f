// The conversation that is open, beside the list or below it: a chat of its own, drawn by its own bundle.

import type { JSX } from "preact";
import { useChatBeside } from "../explore/chat-beside";
import type { Show } from "../explore/show-widget";
import { displayName, displayText } from "../text/format";
import type { PageShade } from "../view/theme";
import type { Known } from "./state/known";
import { nameOf, type Words } from "./state/words";

interface Props {
  readonly known: Known;
  readonly words: Words;
  readonly shade: PageShade;
  readonly show: Show;
  readonly onClose: () => void;
}

export function Beside({ known, words, shade, show, onClose }: Props): JSX.Element {
  const { selected, selectedRow, chat, said } = known;
  const { place, isShown, hasFailed } = useChatBeside(chat, show);
  const name = selectedRow === null ? selected : displayName(nameOf(selectedRow, words));
  return (
    <div class="ipg-inbox-beside" data-open={selected !== ""}>
      {selected === "" ? (
        <section class="ipg-root ipg-inbox-part ipg-inbox-choose" data-shade={shade}>
          <p>{words("choose")}</p>
          <p class="ipg-inbox-keys">{words("keys")}</p>
        </section>
      ) : (
        <section
          class="ipg-root ipg-inbox-part ipg-inbox-opened"
          data-shade={shade}
          aria-label={words("conversation", { name })}
        >
          <b dir="auto">{name}</b>
          <span role="status">
            {displayText(said) ||
              (hasFailed && words("cannotShow", { id: selected })) ||
              (!isShown && words("opening")) ||
              ""}
          </span>
          <button type="button" class="ipg-inbox-link" onClick={onClose}>
            {words("close")}
          </button>
        </section>
      )}
      <div class="ipg-inbox-chat" ref={place} />
    </div>
  );
}
