// The button "Jump to latest", with the number of messages that wait below.

import type { Strings } from "../strings";
import { DownIcon } from "./icons";

interface Props {
  readonly waiting: number;
  readonly onJump: () => void;
  readonly strings: Strings;
}

export function JumpButton({ waiting, onJump, strings }: Props) {
  const label = waiting > 0 ? strings.jumpToLatestCount(waiting) : strings.jumpToLatest;
  return (
    <button type="button" class="ipg-jump" onClick={onJump} aria-label={label}>
      <span>{strings.jumpToLatest}</span>
      {waiting > 0 && <span class="ipg-count">{waiting > 99 ? "99+" : waiting}</span>}
      <DownIcon />
    </button>
  );
}
