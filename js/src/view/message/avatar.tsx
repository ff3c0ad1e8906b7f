// A sender's initials on a colour of their own. Decoration: the name stands above the messages.

import { hue, initials } from "../../text/format";

const HUES = 6;

export function Avatar({ name, isShown }: { name: string; isShown: boolean }) {
  if (!isShown) return <span class="ipg-avatar-space" aria-hidden="true" />;
  return (
    <span class={`ipg-avatar ipg-hue-${hue(name, HUES)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
