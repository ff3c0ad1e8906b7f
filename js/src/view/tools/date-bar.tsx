// Going to a day: the browser's own date field; a day far back is fetched first, or said to be too far.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewState } from "../../state/store";
import { IconButton } from "../kit/icon-button";
import { CloseIcon } from "../kit/icons";
import { FailureWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  readonly onGo: (timeMs: number) => void;
  /** The list shows that day, and has the focus. */
  readonly onFound: () => void;
  readonly onClose: () => void;
}

export function DateBar({ state, services, onGo, onFound, onClose }: Props): JSX.Element {
  const { olderFailed, tools: words } = services.strings;
  const field = useRef<HTMLInputElement | null>(null);
  const [since] = useState(state.landing?.serial ?? 0);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const go = (): void => {
    const day = field.current?.value ?? "";
    // The midnight with which that day begins where the user is.
    const timeMs = new Date(`${day}T00:00:00`).getTime();
    if (!Number.isNaN(timeMs)) onGo(timeMs);
  };
  const isLooking = state.pageRequest?.where === "time";
  const landing = state.landing;
  const landed = landing !== null && landing.serial > since && landing.where === "time" ? landing : null;
  const isTooFar = !isLooking && landed?.stoppedEarly === true;
  const hasFailed = !isLooking && landed !== null && landed.error !== null;
  useEffect(() => {
    if (landed !== null && !isTooFar && !hasFailed) onFound();
  }, [landed?.serial]);
  return (
    <form
      class="ipg-search"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
      }}
    >
      <div class="ipg-search-row">
        <label class="ipg-field-label">
          <span>{words.date}</span>
          <input ref={field} type="date" class="ipg-field" required />
        </label>
        <button type="submit" class="ipg-button">
          {words.go}
        </button>
        <IconButton label={words.close} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <div class="ipg-search-row ipg-quiet" role="status">
        {isLooking && <span>{words.lookingForDate}</span>}
        {isTooFar && <span>{words.dateTooFar}</span>}
        {hasFailed && <FailureWords what={olderFailed} why={landed.error} services={services} />}
        {isTooFar && (
          <button type="submit" class="ipg-text-button">
            {words.goOn}
          </button>
        )}
      </div>
    </form>
  );
}
