// The last thing that went wrong, in words, until it is dismissed or replaced.

import type { ErrorDelta } from "../../protocol.gen";
import { displayText } from "../../text/format";
import { IconButton } from "../kit/icon-button";
import { CloseIcon } from "../kit/icons";
import { KernelWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";

export function ErrorLine({ error, services }: { error: ErrorDelta | null; services: Services }) {
  const { strings, actions } = services;
  return (
    // Empty, it would be a stop for who reads on.
    <div class="ipg-error" role="alert" aria-hidden={!error} data-shown={error ? "true" : "false"}>
      {error && (
        <>
          <span class="ipg-error-words">
            <KernelWords cause={error.cause} words={error.message} services={services} />
            {error.correlationId && <small> {strings.reference(displayText(error.correlationId))}</small>}
          </span>
          <IconButton label={strings.dismiss} onClick={actions.dismissError}>
            <CloseIcon />
          </IconButton>
        </>
      )}
    </div>
  );
}
