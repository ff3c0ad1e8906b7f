// What stands over the list: what is going on with earlier messages, the ways up and down.

import type { ViewState } from "../../state/store";
import type { Services } from "../kit/services";
import { JumpButton, UnreadButton } from "./jump-button";
import { OlderBar } from "./older-bar";

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  readonly unreadAbove: number;
  readonly isAway: boolean;
  readonly onJump: (event: MouseEvent) => void;
  readonly onJumpToUnread: () => void;
}

export function ListNotices({ state, services, unreadAbove, isAway, onJump, onJumpToUnread }: Props) {
  const { strings } = services;
  return (
    <>
      <OlderBar state={state} services={services} />
      {unreadAbove > 0 && <UnreadButton count={unreadAbove} onJump={onJumpToUnread} strings={strings} />}
      {isAway && <JumpButton waiting={state.newness.waiting} onJump={onJump} strings={strings} />}
    </>
  );
}
