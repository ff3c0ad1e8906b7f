// The conversation in a few words and whether it is live.

import type { ComponentChildren } from "preact";
import type { ViewState } from "../state/store";
import type { Strings } from "../strings";
import { displayName } from "../text/format";

interface Props {
  readonly state: ViewState;
  readonly strings: Strings;
  readonly children?: ComponentChildren;
}

export function Header({ state, strings, children }: Props) {
  const isLive = state.link === "live";
  const words = state.link === "live" ? strings.connectionShort[state.status] : strings.linkShort[state.link];
  return (
    <div class="ipg-header">
      <span class="ipg-title">
        <bdi>{displayName(state.title) || strings.conversation}</bdi>
      </span>
      <span class="ipg-presence" data-state={isLive ? state.status : "unlinked"}>
        {words}
      </span>
      {children}
    </div>
  );
}
