// The buttons over the list: to the latest message, to the first unread one, with how many wait there.

import type { Strings } from "../../strings";
import { DownIcon, UpIcon } from "../kit/icons";

const MOST_COUNTED = 999;

interface Props {
  readonly waiting: number;
  readonly onJump: (event: MouseEvent) => void;
  readonly strings: Strings;
}

export function JumpButton({ waiting, onJump, strings }: Props) {
  return (
    <button type="button" class="ipg-jump" onClick={onJump}>
      <span>{strings.jumpToLatest}</span>
      {waiting > 0 && (
        <>
          {" "}
          <span class="ipg-count">{waiting > MOST_COUNTED ? `${MOST_COUNTED}+` : waiting}</span>{" "}
          <span class="ipg-hidden">{strings.newMessagesCounted(waiting)}</span>
        </>
      )}
      <DownIcon />
    </button>
  );
}

interface UnreadProps {
  readonly count: number;
  readonly onJump: () => void;
  readonly strings: Strings;
}

export function UnreadButton({ count, onJump, strings }: UnreadProps) {
  return (
    <button type="button" class="ipg-jump ipg-jump-up" onClick={onJump}>
      <span>{strings.jumpToUnread}</span>
      <span class="ipg-count">{count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}</span>
      <UpIcon />
    </button>
  );
}
