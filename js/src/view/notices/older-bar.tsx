// What is going on with earlier messages, above the list and outside it, so that it moves nothing.

import type { ViewState } from "../../state/store";
import { FailureWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";

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
  return (
    <div class="ipg-older ipg-older-failed">
      <FailureWords what={strings.olderFailed} why={state.olderError} services={services} />
      <button type="button" class="ipg-text-button" onClick={() => actions.load({ where: "before" })}>
        {strings.tryAgain}
      </button>
    </div>
  );
}
