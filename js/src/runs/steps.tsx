// The steps of a scenario: what became of each, and where one failed what was expected and what came.

import { Fragment, type JSX } from "preact";
import type { Instead, PlayedStep } from "../explore.gen";
import { seconds, type Words } from "./words";

interface Props {
  readonly steps: readonly PlayedStep[];
  readonly words: Words;
  /** Shows a message in the conversation; null where there is none. */
  readonly onGo: ((id: string) => void) | null;
}

const MARKS: Readonly<Record<PlayedStep["state"], string>> = {
  passed: "✓",
  failed: "✕",
  playing: "▸",
  "not played": "·",
};
/** So long a wait is worth telling. */
const WAITED_S = 0.05;

export function Steps({ steps, words, onGo }: Props): JSX.Element {
  return (
    <ol class="ipg-run-steps" aria-label={words("steps")}>
      {steps.map((step, at) => (
        <li key={at} data-state={step.state} title={step.place}>
          <span class="ipg-run-mark" aria-hidden="true">
            {MARKS[step.state]}
          </span>
          <span class="ipg-hidden">{words(`step.${step.state}`)}: </span>
          <StepWords {...{ step, words, onGo }} />
          {step.waitedS >= WAITED_S && <small>{seconds(words, step.waitedS)}</small>}
          {step.words !== "" && (
            <p class="ipg-run-problem" dir="auto" lang="en">
              {step.words}
            </p>
          )}
          {step.instead.length > 0 && (
            <div class="ipg-run-instead">
              <p>{words("came")}</p>
              <ul>
                {step.instead.map((each) => (
                  <Came key={each.messageId} {...{ each, words, onGo }} />
                ))}
              </ul>
              {step.more > 0 && <p>{words("more", { count: step.more })}</p>}
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

function StepWords({
  step,
  words,
  onGo,
}: {
  readonly step: PlayedStep;
  readonly words: Words;
  readonly onGo: Props["onGo"];
}): JSX.Element {
  const { text, messageId } = step;
  if (messageId === null || onGo === null) {
    return (
      <span dir="auto" lang="en">
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      class="ipg-run-step"
      dir="auto"
      lang="en"
      title={words("toMessage")}
      onClick={() => onGo(messageId)}
    >
      {text}
    </button>
  );
}

function Came({
  each,
  words,
  onGo,
}: {
  readonly each: Instead;
  readonly words: Words;
  readonly onGo: Props["onGo"];
}): JSX.Element {
  const { messageId, text, problems, difference } = each;
  return (
    <li>
      {difference.length === 0 ? (
        <span dir="auto" lang="">
          {text}
        </span>
      ) : (
        <span dir="auto" lang="" class="ipg-run-difference">
          {difference.map((piece, at) =>
            piece.side === "both" ? (
              piece.text
            ) : piece.side === "expected" ? (
              <Fragment key={at}>
                <Hidden {...{ words }} text={words("expected")} />
                <del title={words("expected")}>{piece.text}</del>
              </Fragment>
            ) : (
              <Fragment key={at}>
                <Hidden {...{ words }} text={words("onlyCame")} />
                <ins title={words("onlyCame")}>{piece.text}</ins>
              </Fragment>
            ),
          )}
        </span>
      )}
      {problems.length > 0 && (
        <small dir="auto" lang="en" class="ipg-run-problems">
          {problems.join("; ")}
        </small>
      )}
      {onGo !== null && (
        <button type="button" class="ipg-run-link" onClick={() => onGo(messageId)}>
          {words("toMessage")}
        </button>
      )}
    </li>
  );
}

/** Screen readers do not say what is struck out or put in. */
function Hidden({ words, text }: { readonly words: Words; readonly text: string }): JSX.Element {
  return (
    <span class="ipg-hidden" lang={words.locale}>
      {" "}
      {text}:{" "}
    </span>
  );
}
