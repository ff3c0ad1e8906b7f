// Below the list while messages are being chosen: how many, and what can be done with them.

import type { JSX } from "preact";
import type { ViewMessage } from "../../protocol.gen";
import { inOrder, type Selection } from "../../state/selection";
import { allAsText } from "../../text/copying";
import type { Services } from "../kit/services";
import { useCopy } from "../kit/use-copy";

interface Props {
  readonly selection: Selection;
  readonly messages: readonly ViewMessage[];
  readonly services: Services;
  readonly onEnd: () => void;
}

export function SelectionBar({ selection, messages, services, onEnd }: Props): JSX.Element {
  const { strings } = services;
  const words = strings.tools;
  const [said, copy] = useCopy(words);
  return (
    <section
      class="ipg-search ipg-selection"
      aria-label={words.select}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onEnd();
      }}
    >
      <div class="ipg-search-row">
        <span class="ipg-selected" role="status">
          {said || words.selected(selection.chosen.size)}
        </span>
        <button
          type="button"
          class="ipg-button"
          disabled={selection.chosen.size === 0}
          onClick={(event) => copy(allAsText(inOrder(selection, messages), services), event.currentTarget)}
        >
          {words.copySelected}
        </button>
        <button type="button" class="ipg-text-button" onClick={onEnd}>
          {strings.uploads.cancel}
        </button>
      </div>
      {selection.isPartial && <div class="ipg-quiet">{words.notLoaded}</div>}
    </section>
  );
}
