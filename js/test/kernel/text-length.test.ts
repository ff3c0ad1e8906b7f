// How much room a draft has, in bytes and in characters.
import { expect, it } from "vitest";
import { roomLeft } from "../../src/kernel/text-length";

const bytes = { most: 100, unit: "bytes" } as const;
const characters = { most: 100, unit: "characters" } as const;

it.each([
  ["nothing said", "x".repeat(500), null, null],
  ["far from the end", "x".repeat(89), bytes, null],
  ["near it", "x".repeat(90), bytes, 10],
  ["at it", "x".repeat(100), bytes, 0],
  ["beyond it", "x".repeat(101), bytes, -1],
  ["letters of two bytes", "é".repeat(50), bytes, 0],
  ["letters of three bytes, far", "語".repeat(29), bytes, null],
  ["letters of three bytes", "語".repeat(33), bytes, 1],
  ["emoji in bytes", "😀".repeat(25), bytes, 0],
  ["emoji in characters", "😀".repeat(50), characters, null],
  ["many emoji in characters", "😀".repeat(99), characters, 1],
])("%s", (_, text, limit, left) => {
  expect(roomLeft(text, limit)).toBe(left);
});
