// The state of one of our own messages as ticks, in a box of fixed size so that a receipt moves nothing.

import type { JSX } from "preact";
import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import { ClockIcon, DoubleTickIcon, FailedIcon, TickIcon, UnknownIcon } from "./icons";

const DRAWING: Record<ViewMessage["status"], () => JSX.Element> = {
  sending: ClockIcon,
  sent: TickIcon,
  delivered: DoubleTickIcon,
  read: DoubleTickIcon,
  failed: FailedIcon,
  unknown: UnknownIcon,
  unread: TickIcon,
};

export function ReceiptTicks({ status, strings }: { status: ViewMessage["status"]; strings: Strings }) {
  const Drawing = DRAWING[status];
  const words = strings.status[status];
  return (
    <span class={`ipg-ticks ipg-ticks-${status}`} role="img" aria-label={words} title={words}>
      <Drawing />
    </span>
  );
}
