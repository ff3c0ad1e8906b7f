// The button "Jump to latest", with the number of messages that wait below.

import type { Strings } from "../strings";
import { DownIcon } from "./icons";

const MOST_COUNTED = 999;

interface Props {
  readonly waiting: number;
  readonly onJump: () => void;
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
