// The state of the connection in words, with a countdown to the next try and a way not to wait for it.

import { useEffect, useState } from "preact/hooks";
import { bannerOf } from "../../state/banner";
import type { ViewState } from "../../state/store";
import { KernelWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";
import { useCountdown } from "../kit/use-countdown";

/** A state that usually passes in a moment is not worth a banner before this. */
export const FLEETING_MS = 800;

export function ConnectionBanner({ state, services }: { state: ViewState; services: Services }) {
  const { strings, actions } = services;
  const banner = bannerOf(state, strings);
  const isDue = useLasts(banner?.isFleeting ? banner.text : "");
  const isShown = banner !== null && (!banner.isFleeting || isDue);
  const seconds = useCountdown(isShown ? banner.retryAtMs : null);
  return (
    <div
      class="ipg-banner"
      role="status"
      data-tone={isShown ? banner.tone : "none"}
      data-shown={isShown ? "true" : "false"}
    >
      {isShown && (
        <>
          <span class="ipg-banner-words">
            <strong>{banner.text}</strong>
            {banner.detail && (
              <>
                {" "}
                <KernelWords cause={banner.cause} words={banner.detail} services={services} />
              </>
            )}
            {seconds !== null && (
              // Hidden from screen readers, which would read out every second.
              <span class="ipg-countdown" aria-hidden="true">
                {" "}
                {seconds > 0 ? strings.retryIn(seconds) : strings.retrying}
              </span>
            )}
          </span>
          {banner.canReconnect && (
            <button type="button" class="ipg-button" onClick={actions.reconnect}>
              {strings.reconnectNow}
            </button>
          )}
          {banner.canBeginAnew && (
            <button type="button" class="ipg-button" onClick={actions.beginAnew}>
              {strings.beginAnew}
            </button>
          )}
        </>
      )}
    </div>
  );
}

/** True when `what` has stayed the same, and not empty, for a while. */
function useLasts(what: string): boolean {
  const [lasting, setLasting] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setLasting(what), what ? FLEETING_MS : 0);
    return () => clearTimeout(timer);
  }, [what]);
  return what !== "" && lasting === what;
}
