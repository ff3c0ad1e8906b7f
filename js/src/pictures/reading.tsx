// How far the recordings have been read that a picture is made of, while that goes on.

import type { JSX } from "preact";
import type { Reading } from "../explore.gen";
import type { Words } from "./words";

interface Props {
  readonly reading: Reading | null;
  readonly words: Words;
}

/** At the end of the summary, so that nothing moves when it goes. */
export function ReadingBar({ reading, words }: Props): JSX.Element | null {
  if (reading === null || reading.isWhole) return null;
  const { share } = reading;
  const percent = new Intl.NumberFormat(words.locale, { style: "percent" });
  return (
    <span class="ipg-reading">
      <progress aria-label={words("reading")} {...(share === null ? {} : { value: share })} />
      {share === null ? words("reading") : words("readingShare", { share: percent.format(share) })}
    </span>
  );
}

/** For who listens: once when it has begun, and once when all of it is here. */
export const ReadingStatus = ({ reading, words }: Props): JSX.Element => (
  <p class="ipg-hidden" role="status">
    {reading === null ? "" : words(reading.isWhole ? "readingDone" : "readingBegan")}
  </p>
);
