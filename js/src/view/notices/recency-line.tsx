// How long ago the conversation last moved, beside the typing line: always in one place, nothing jumps.

import type { ViewState } from "../../state/store";
import { recency } from "../../text/recency";
import type { Services } from "../kit/services";
import { useNow } from "../kit/use-now";

export function RecencyLine({ state, services }: { state: ViewState; services: Services }) {
  const { clock, format, strings } = services;
  const nowMs = useNow(clock);
  const newest = state.drafts.length === 0 ? state.messages.at(-1) : undefined;
  return <div class="ipg-recency">{recency(newest, nowMs, format, strings)}</div>;
}
