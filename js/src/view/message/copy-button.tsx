// The button that copies a message, beside the one under the pointer or with the focus.

import type { JSX } from "preact";
import type { ViewMessage } from "../../protocol.gen";
import { allAsText } from "../../text/copying";
import { IconButton } from "../kit/icon-button";
import { CheckIcon, CopyIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { useCopy } from "../kit/use-copy";

export function CopyButton({ message, services }: { message: ViewMessage; services: Services }): JSX.Element {
  const words = services.strings.tools;
  const [said, copy] = useCopy(words, services.voice.say);
  return (
    <span class="ipg-copy">
      <IconButton
        label={words.copy}
        onClick={(event) => copy(allAsText([message], services), event.currentTarget)}
      >
        {said === words.copied ? <CheckIcon /> : <CopyIcon />}
      </IconButton>
    </span>
  );
}
