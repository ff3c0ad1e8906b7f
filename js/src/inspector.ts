// The anywidget entry of an inspector: one table of rows per widget, one drawing per view.

import { createEntry } from "./explore/entry";
import type { InspectorDetail, Problem, Rows } from "./explore.gen";
import { mountInspector } from "./inspector/mount";
import { type Asked, createTable } from "./inspector/table";

export default () =>
  createEntry<Rows | InspectorDetail | Problem, Asked>(({ say }) => {
    const table = createTable(say);
    return {
      hear: table.hear,
      question: () => ({
        kind: "look",
        revision: table.state().revision,
        languages: [...navigator.languages].slice(0, 10),
      }),
      isAnswered: () => table.state().revision > 0,
      mount: (el, signal) => mountInspector(el, table, signal),
    };
  });
