// Words with their values filled in.
import { expect, it } from "vitest";
import { wording } from "../../src/explore/wording";

it("says words with their values, numbers in the locale's way", () => {
  const words = wording({ hits: "{count} of {all}", plain: "Plain" }, "de");
  expect(words("hits", { count: 1_234, all: "{count}" })).toBe("1.234 of {count}");
  expect(words("plain")).toBe("Plain");
  expect(words.locale).toBe("de");
});

it("leaves a place without a value, and names what there is no word for", () => {
  const words = wording<"hits" | "other">({ hits: "{count} of {all}" }, "en");
  expect(words("hits", { count: 1 })).toBe("1 of {all}");
  expect(words("other")).toBe("other");
});
