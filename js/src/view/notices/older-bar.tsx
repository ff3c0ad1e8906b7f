// What is going on with earlier messages, above the list and outside it, so that it moves nothing.

import { useEffect } from "preact/hooks";
import type { ViewState } from "../../state/store";
import { FailureWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";
import { useCountdown } from "../kit/use-countdown";

export function OlderBar({ state, services }: { state: ViewState; services: Services }) {
  const { strings, actions } = services;
  if (state.pageRequest?.where === "before") {
    return (
      <div class="ipg-older">
        <span>{strings.loadingOlder}</span>
      </div>
    );
  }
  if (state.olderError === null) return null;
  if (state.olderRetryAtMs !== null) return <OlderWait atMs={state.olderRetryAtMs} services={services} />;
  return (
    <div class="ipg-older ipg-older-failed">
      <FailureWords what={strings.olderFailed} why={state.olderError} services={services} />
      <button type="button" class="ipg-text-button" onClick={() => actions.load({ where: "before" })}>
        {strings.tryAgain}
      </button>
    </div>
  );
}

/** The server has asked to wait: it goes on by itself, if the user is still there. */
function OlderWait({ atMs, services }: { atMs: number; services: Services }) {
  const { strings, actions } = services;
  const seconds = useCountdown(atMs) ?? 0;
  useEffect(() => {
    if (seconds === 0) actions.olderDue();
  }, [seconds === 0]);
  return (
    <div class="ipg-older">
      <span>{strings.olderWaits(seconds)}</span>
    </div>
  );
}
