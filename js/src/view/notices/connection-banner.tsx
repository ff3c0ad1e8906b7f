// The state of the connection in words, with a countdown to the next try and a way not to wait for it.

import { useEffect, useRef, useState } from "preact/hooks";
import { bannerOf } from "../../state/banner";
import type { ViewState } from "../../state/store";
import { sentences } from "../../text/a11y";
import { KernelWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";
import { useCountdown } from "../kit/use-countdown";

/** A state that usually passes in a moment is not worth a banner before this. */
export const FLEETING_MS = 800;

export function ConnectionBanner({ state, services }: { state: ViewState; services: Services }) {
  const { strings, actions, voice } = services;
  const banner = bannerOf(state, strings);
  const isDue = useLasts(banner?.isFleeting ? banner.text : "");
  const isShown = banner !== null && (!banner.isFleeting || isDue);
  const seconds = useCountdown(isShown ? banner.retryAtMs : null);
  const said = isShown ? sentences([banner.text, strings.cause(banner.cause) || (banner.detail ?? "")]) : "";
  const isLossSaid = useRef(false);
  useEffect(() => {
    const isOver = isLossSaid.current && state.status === "connected";
    const words = isOver && !said ? strings.connection.connected : said;
    if (words) voice.say("connection", () => words);
    isLossSaid.current = isShown && banner.tone !== "quiet";
  }, [said]);
  return (
    <div
      class="ipg-banner"
      role="status"
      // The voice says it, without what is to be pressed and the seconds.
      aria-live="off"
      // An empty status is a stop for who reads on.
      aria-hidden={!isShown}
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
