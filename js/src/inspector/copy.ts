// Rows to take along: as JSON, or as a test that says what has to come again. Pure.

import type { InspectorRow } from "../explore.gen";

export const asJson = (rows: readonly InspectorRow[]): string => JSON.stringify(rows, null, 2);

/** A test for pytest, with the simulator that the package brings: what came in is looked for by its kind. */
export function asTest(rows: readonly InspectorRow[]): string {
  // Names of events are the same in all languages; what became none is told in words.
  const kinds = rows.filter(
    ({ direction, kind, words }) => direction === "in" && kind === "frame" && /^[A-Z]\w+$/.test(words),
  );
  const wanted = kinds.map(({ words }) => `        ${JSON.stringify(words)},`).join("\n");
  return `import ipygenesys as ig


def test_what_was_seen() -> None:
    wanted = [
${wanted}
    ]
    with ig.Chat.demo() as chat:
        inspector = ig.Inspector(chat)
        chat.wait_until(lambda: not set(wanted) - set(inspector.words("in")), timeout=30)
`;
}
