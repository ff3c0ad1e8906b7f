// Random ids are UUIDs wherever the page comes from.
import { expect, it } from "vitest";
import { randomId } from "../src/random-id";

it("an id is a UUID, also in pages that have no randomUUID", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(randomId()).toMatch(uuid);
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  expect(randomId()).toMatch(uuid);
  expect(randomId()).not.toBe(randomId());
});
