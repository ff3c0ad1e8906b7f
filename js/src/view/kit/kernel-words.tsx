// What the kernel says of a failure: in the view's language if it has words for it, and as the kernel said it.

import type { Cause } from "../../state/store";
import { displayText } from "../../text/format";
import type { Services } from "./services";

/** Empty when nobody said why. */
type Why = { readonly message: string; readonly cause: Cause | null } | "";

/** What came to nothing, in the view's words, and why. */
export function FailureWords(props: { what: string; why: Why; services: Services }) {
  const { what, why, services } = props;
  return (
    <span>
      {why ? services.strings.fact(what, "") : what}
      {why && <KernelWords cause={why.cause} words={why.message} services={services} />}
    </span>
  );
}

/** Without a cause the words are the view's own. */
export function KernelWords(props: { cause: Cause | null; words: string; services: Services }) {
  const { cause, services } = props;
  const words = displayText(props.words);
  if (cause === null) return <span>{words}</span>;
  const own = services.strings.cause(cause);
  return (
    <>
      {own && `${own} `}
      <span lang="en">{own ? `(${words})` : words}</span>
    </>
  );
}
