// How long ago the conversation last moved, beside the typing line: always in the same place, so that nothing jumps.

import { recency } from "../recency";
import type { ViewState } from "../store";
import type { Services } from "./services";
import { useNow } from "./use-now";

export function RecencyLine({ state, services }: { state: ViewState; services: Services }) {
  const { clock, format, strings } = services;
  const nowMs = useNow(clock);
  const newest = state.drafts.length === 0 ? state.messages.at(-1) : undefined;
  return <div class="ipg-recency">{recency(newest, nowMs, format, strings)}</div>;
}
