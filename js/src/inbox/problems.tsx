// What does not work while the rest does: one quiet line, and behind it each thing with its cure.

import type { JSX } from "preact";
import type { InboxProblem } from "../explore.gen";
import { displayText } from "../text/format";
import type { Words } from "./state/words";

interface Props {
  readonly problems: readonly InboxProblem[];
  readonly words: Words;
}

export function Problems({ problems, words }: Props): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <details class="ipg-inbox-problems">
      <summary>{problemsInShort(problems, words)}</summary>
      <ul>
        {problems.map((problem) => (
          <li key={problem.words}>
            {problems.length > 1 && `${words(`problem.${problem.about}`)}. `}
            {/* As the kernel says it, which names what is missing. */}
            <span lang="en">{displayText(problem.words)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Of one what it is, of several how many. */
export function problemsInShort(problems: readonly InboxProblem[], words: Words): string {
  const [problem] = problems;
  if (problem === undefined) return "";
  return problems.length > 1
    ? words("problems", { count: problems.length })
    : words(`problem.${problem.about}`);
}
