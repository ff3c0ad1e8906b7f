// Seconds as a run says them.
import { expect, it } from "vitest";
import { wording } from "../../src/explore/wording";
import { seconds, type Word } from "../../src/runs/words";

it("writes seconds in the locale's way, short ones to the hundredth", () => {
  const words = (locale: string) => wording<Word>({ seconds: "{seconds} s" }, locale);
  expect(seconds(words("en"), 0.214)).toBe("0.21 s");
  expect(seconds(words("de"), 1)).toBe("1,0 s");
  expect(seconds(words("en"), 31.26)).toBe("31.3 s");
});
