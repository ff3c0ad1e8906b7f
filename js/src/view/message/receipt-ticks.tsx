// The state of one of our own messages as ticks, in a box of fixed size so that a receipt moves nothing.

import type { JSX } from "preact";
import type { ViewMessage } from "../../protocol.gen";
import type { Strings } from "../../strings";
import { isSeenInferred, stateOf } from "../../text/a11y";
import { ClockIcon, DoubleTickIcon, EyeIcon, FailedIcon, TickIcon, UnknownIcon } from "../kit/icons";

const DRAWING: Record<ViewMessage["status"], () => JSX.Element> = {
  sending: ClockIcon,
  sent: TickIcon,
  delivered: DoubleTickIcon,
  read: DoubleTickIcon,
  failed: FailedIcon,
  unknown: UnknownIcon,
  unread: TickIcon,
};

export function ReceiptTicks({ message, strings }: { message: ViewMessage; strings: Strings }) {
  const Drawing = isSeenInferred(message) ? EyeIcon : DRAWING[message.status];
  const words = stateOf(message, strings);
  return (
    <span class={`ipg-ticks ipg-ticks-${message.status}`} role="img" aria-label={words}>
      <Drawing />
    </span>
  );
}
