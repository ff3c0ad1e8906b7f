// The voice: in order, in one go, not while somebody writes, and again what was cut off.
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GATHER_MS, KEPT_MS, PATIENCE_MS, PAUSE_MS, type Said, Voice } from "../../../src/view/kit/voice";

let told: string[];
let shown: readonly Said[];
let voice: Voice;
let mounted: AbortController;
const press = (key: string): boolean => document.dispatchEvent(new KeyboardEvent("keydown", { key }));
const write = (key = "a"): void => {
  press(key);
  document.dispatchEvent(new Event("input"));
};
const pass = (ms: number): void => void vi.advanceTimersByTime(ms);
const said = (): string[] => told.splice(0);

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  shown = [];
  voice = new Voice();
  mounted = new AbortController();
  voice.open(
    document,
    (now) => {
      if (now.length > shown.length) told.push(now.at(-1)?.text ?? "");
      shown = now;
    },
    mounted.signal,
  );
});
afterEach(() => {
  mounted.abort();
  vi.useRealTimers();
});

describe("the order", () => {
  it("is that in which things came, in one go where they come together", () => {
    voice.say("one");
    expect(said()).toEqual(["one"]);
    voice.say("two");
    voice.say("Three?");
    voice.say("four");
    expect(said()).toEqual([]);
    pass(GATHER_MS);
    expect(said()).toEqual(["two. Three? four"]);
  });
  it("has of each kind only what is newest, and nothing where there are no words by then", () => {
    voice.say("first");
    voice.say("search", () => "1 of 3");
    voice.say("none", () => "");
    voice.say("search", () => "2 of 3");
    pass(GATHER_MS);
    expect(said()).toEqual(["first", "2 of 3"]);
    voice.say("none", () => "");
    pass(KEPT_MS);
    expect(said()).toEqual([]);
  });
  it("keeps words in the page for a while, then takes them away", () => {
    voice.say("one");
    pass(KEPT_MS - 1);
    expect(shown).toHaveLength(1);
    pass(1);
    expect(shown).toEqual([]);
  });
});

it("the page does not fill up where something comes every second", () => {
  for (let count = 0; count < 60; count++) {
    voice.say(`one ${count}`);
    pass(GATHER_MS);
  }
  expect(shown.map(({ text }) => text)).toHaveLength(1 + KEPT_MS / GATHER_MS);
  expect(shown.at(-1)?.text).toBe("one 59");
});

describe("the same words", () => {
  it("differ from those before, for some screen readers do not say them twice", () => {
    for (let i = 0; i < 3; i++) {
      voice.say("OK");
      pass(2 * KEPT_MS);
    }
    expect(said()).toEqual(["OK", "OK\u00a0", "OK"]);
  });
});

describe("who writes", () => {
  it("is told at the first pause, of all that came meanwhile", () => {
    write();
    voice.say("one");
    for (let i = 0; i < 5; i++) {
      pass(PAUSE_MS - 1);
      write();
      voice.say(`more ${i}`);
    }
    expect(said()).toEqual([]);
    pass(PAUSE_MS);
    expect(said()).toEqual(["one. more 0. more 1. more 2. more 3. more 4"]);
  });
  it("is told after a time even without a pause, and again once there is one", () => {
    write();
    voice.say("It is urgent");
    for (let ms = 0; ms < PATIENCE_MS; ms += 500) {
      pass(500);
      write();
    }
    expect(said()).toEqual(["It is urgent"]);
    write();
    pass(PAUSE_MS);
    expect(said()).toEqual(["It is urgent\u00a0"]);
  });
});

describe("what a key cuts off", () => {
  it("is said again after a pause, once, before what came later", () => {
    voice.say("Ann Archer: Your parcel is on its way");
    pass(500);
    press("Tab");
    voice.say("two");
    pass(PAUSE_MS);
    expect(said()).toEqual([
      "Ann Archer: Your parcel is on its way",
      "Ann Archer: Your parcel is on its way. two",
    ]);
    press("Tab"); // Cuts off both, of which one is new.
    pass(PAUSE_MS);
    expect(said()).toEqual(["two"]);
    press("Tab");
    pass(KEPT_MS);
    expect(said()).toEqual([]);
  });
  it("is not said again where the key has made it out of date", () => {
    voice.say("Ann Archer: Your parcel is on its way");
    voice.say("search", () => "3 of 7");
    pass(GATHER_MS);
    press("Enter");
    voice.say("search", () => "4 of 7");
    pass(PAUSE_MS);
    press("ArrowDown");
    pass(PAUSE_MS);
    expect(said()).toEqual(["Ann Archer: Your parcel is on its way", "3 of 7", "4 of 7"]);
  });
  it("is not what has been spoken by then, nor where the key means to be quiet", () => {
    voice.say("Sent");
    press("Control");
    pass(KEPT_MS);
    press("Tab");
    pass(KEPT_MS);
    expect(said()).toEqual(["Sent"]);
  });
});

it("leaves no timer behind", () => {
  voice.say("one");
  voice.say("two");
  mounted.abort();
  expect(vi.getTimerCount()).toBe(0);
});
