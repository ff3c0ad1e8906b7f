// What the kernel says of a failure: in the view's language where there are words for it, and in English as it said it.

import type { Cause } from "../store";
import type { Services } from "./services";

/** Without a cause the words are the view's own. */
export function KernelWords(props: { cause: Cause | null; words: string; services: Services }) {
  const { cause, words, services } = props;
  if (cause === null) return <span>{words}</span>;
  const own = services.strings.causes[cause];
  return (
    <>
      {own && `${own} `}
      <span lang="en">{own ? `(${words})` : words}</span>
    </>
  );
}
