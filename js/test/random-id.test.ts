// Random ids are version 4 UUIDs.
import { expect, it } from "vitest";
import { randomId } from "../src/random-id";

it("an id is a UUID, and there are many of them", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const ids = Array.from({ length: 2_000 }, randomId);
  for (const id of ids) expect(id).toMatch(uuid);
  expect(new Set(ids).size).toBe(ids.length);
  // Every digit that is free takes every value.
  for (const at of [...(ids[0] ?? "")].keys())
    expect(new Set(ids.map((id) => id[at])).size).toBe({ 14: 1, 19: 4, 8: 1, 13: 1, 18: 1, 23: 1 }[at] ?? 16);
});
