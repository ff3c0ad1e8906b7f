// What stands in the place of the messages where there are none: not yet, or none that could be shown.

import type { Link } from "../../state/store";
import type { Strings } from "../../strings";
import { BubblesIcon } from "../kit/icons";

export function EmptyNotice({ link, strings }: { link: Link; strings: Strings }) {
  if (link !== "live" && link !== "absent") return null;
  const isAbsent = link === "absent";
  return (
    <div class="ipg-empty">
      <BubblesIcon />
      <span>{isAbsent ? strings.link.absent : strings.empty}</span>
      <small>{isAbsent ? strings.absentHint : strings.emptyHint}</small>
      {isAbsent && <small>{strings.linkDetail.absent}</small>}
    </div>
  );
}
