// Draws a component into the page, as a view does, and takes it away after the test.
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, vi } from "vitest";
import type { Actions } from "../../src/kernel/actions";
import { createUploads } from "../../src/kernel/uploads";
import { createStore } from "../../src/state/store";
import { english } from "../../src/strings";
import { createFormat } from "../../src/text/format";
import { createClock } from "../../src/view/kit/clock";
import type { Services } from "../../src/view/kit/services";
import { Voice } from "../../src/view/kit/voice";

const drawn: HTMLElement[] = [];

afterEach(() => {
  for (const el of drawn.splice(0)) {
    act(() => render(null, el));
    el.remove();
  }
});

export interface Drawn {
  readonly el: HTMLElement;
  readonly redraw: (node: ComponentChild) => void;
  readonly find: <Found extends HTMLElement = HTMLElement>(selector: string) => Found;
  readonly all: (selector: string) => HTMLElement[];
}

export function draw(node: ComponentChild): Drawn {
  const el = document.body.appendChild(document.createElement("div"));
  drawn.push(el);
  const redraw = (next: ComponentChild): void => {
    act(() => render(next, el));
  };
  redraw(node);
  return {
    el,
    redraw,
    find<Found extends HTMLElement>(selector: string): Found {
      const found = el.querySelector<Found>(selector);
      if (found === null) throw new Error(`no ${selector} in ${el.innerHTML}`);
      return found;
    },
    all: (selector) => [...el.querySelectorAll<HTMLElement>(selector)],
  };
}

export function services(actions: Partial<Actions> = {}): Services {
  const idle = {
    tell: vi.fn(),
    send: vi.fn(),
    answer: vi.fn(() => true),
    newLinks: vi.fn(),
    uploads: createUploads(
      createStore(() => 0),
      { send: () => true },
    ),
    retry: vi.fn(),
    discard: vi.fn(),
    seen: vi.fn(),
    load: vi.fn(),
    search: vi.fn(),
    searchOlder: vi.fn(),
    transcripts: { request: vi.fn(), receive: vi.fn() },
    place: vi.fn(),
    leave: vi.fn(),
    left: () => null,
    answered: vi.fn(),
    loadText: vi.fn(),
    reconnect: vi.fn(),
    beginAnew: vi.fn(),
    olderDue: vi.fn(),
    dismissError: vi.fn(),
  };
  return {
    actions: { ...idle, ...actions },
    clock: createClock(() => Date.now()),
    format: createFormat(english, "en-GB"),
    locale: "en-GB",
    strings: english,
    voice: new Voice(),
    mayPick: false,
    looksOn: false,
    isMarkdown: false,
  };
}

export const click = (element: HTMLElement): void => {
  act(() => element.click());
};

/** Lets fake time pass and everything be drawn that it brings. */
export const pass = (ms: number): void => {
  act(() => void vi.advanceTimersByTime(ms));
};
