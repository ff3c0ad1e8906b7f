// How much is enough. The watching itself is tested in a real browser, which alone knows what is in sight.
import { expect, it } from "vitest";
import { isEnough } from "../../src/seen/watcher";

it.each([
  [60, 100, 400, true],
  [59, 100, 400, false],
  [240, 2_000, 400, true],
  [239, 2_000, 400, false],
  [0, 0, 400, false],
])("%i px in sight of %i px, with %i px of space: %s", (visible, height, space, enough) => {
  expect(isEnough(visible, height, space)).toBe(enough);
});
