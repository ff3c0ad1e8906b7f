// Answers offered below a message, to choose one from.

import type { JSX } from "preact";
import type { QuickReplies as Replies, ViewMessage } from "../../protocol.gen";
import { displayText } from "../../text/format";
import type { Services } from "../kit/services";
import { Option } from "./option";
import { usePicking } from "./picking";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: Replies;
  readonly services: Services;
}

export function QuickReplies({ message, part, offer, services }: Props): JSX.Element {
  const { strings } = services;
  const { isOpen, picked, pick } = usePicking(message, part, offer, services);
  return (
    <div class="ipg-replies">
      {offer.title !== "" && (
        <div class="ipg-replies-title" dir="auto">
          {displayText(offer.title)}
        </div>
      )}
      <ul aria-label={strings.content.quickReplies}>
        {offer.replies.map((reply, i) => (
          <li key={i}>
            <Option
              text={reply.text}
              isOpen={isOpen}
              isPicked={picked?.includes(i) ?? false}
              onPick={() => pick([i], reply.text)}
              strings={strings}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
