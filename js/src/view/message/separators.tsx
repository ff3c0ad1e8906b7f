// The lines between messages. Plain text without a role: a feed may own articles only.

import type { Strings } from "../../strings";

/** `isHidden` from screen readers. */
export function DaySeparator({ day, isHidden }: { day: string; isHidden: boolean }) {
  return (
    <div class="ipg-day" aria-hidden={isHidden || undefined}>
      <span>{day}</span>
    </div>
  );
}

export function NewSeparator({ strings, isHidden }: { strings: Strings; isHidden: boolean }) {
  return (
    <div class="ipg-new" aria-hidden={isHidden || undefined}>
      <span>{strings.newMessages}</span>
    </div>
  );
}
