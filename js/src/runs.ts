// The anywidget entry of a run: one board per widget, one drawing per view.

import { createEntry } from "./explore/entry";
import { shown } from "./explore/shown";
import type { LookAtRun, OpenedScenario, OpenScenario, RunRows, StopRun } from "./explore.gen";
import { createBoard } from "./runs/board";
import { mountRun } from "./runs/mount";

export default () =>
  createEntry<RunRows | OpenedScenario, LookAtRun | OpenScenario | StopRun>((kernel) => {
    const board = createBoard(kernel, () => Date.now());
    return {
      hear: (content) => board.hear(shown(content)),
      question: () => ({
        kind: "look",
        revision: board.state().revision,
        languages: [...navigator.languages].slice(0, 10),
      }),
      isAnswered: () => board.state().revision > 0,
      mount: (el, signal, show) => mountRun(el, board, show, signal),
    };
  });
