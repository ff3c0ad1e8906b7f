// The lines between messages. Plain text without a role: a feed may own articles only.

import type { Strings } from "../../strings";

export function DaySeparator({ day }: { day: string }) {
  return (
    <div class="ipg-day">
      <span>{day}</span>
    </div>
  );
}

export function NewSeparator({ strings }: { strings: Strings }) {
  return (
    <div class="ipg-new">
      <span>{strings.newMessages}</span>
    </div>
  );
}
