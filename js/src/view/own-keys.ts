// For the root of a view: the host's shortcuts are not meant in it. In a notebook, a letter may cut a cell.

import { isChord, isCommand, tellHost } from "./keys";

export const OWN_KEYS = {
  "data-lm-suppress-shortcuts": "true",
  onKeyDown(event: KeyboardEvent): void {
    if (isChord(event, "s")) tellHost(event, (event.currentTarget as Element).parentElement);
    else if (isCommand(event) && event.key !== "Enter") return;
    event.stopPropagation();
  },
};
