// What an inspector says is there in each language, with the same places for values.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { wording } from "../../src/explore/wording";
import type { Word } from "../../src/inspector/words";

const FOLDER = join(import.meta.dirname, "../../../src/ipygenesys/_inspector/words");
const table = (language: string): Record<Word, string> =>
  JSON.parse(readFileSync(join(FOLDER, `${language}.json`), "utf8"));
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
const english = table("en");
const source = readFileSync(join(import.meta.dirname, "../../src/inspector/words.ts"), "utf8");

it.each(readdirSync(FOLDER).map((name) => name.replace(".json", "")))("%s says all of it", (language) => {
  const words = table(language);
  const named = [...source.matchAll(/\| "(\w+)"/g)].map(([, word]) => word);
  expect(Object.keys(words).sort()).toEqual(named.sort());
  for (const [word, text] of Object.entries(words)) {
    expect([word, places(text)]).toEqual([word, places(english[word as Word])]);
  }
});

it("fills its places", () => {
  expect(wording<Word>(english, "en")("entriesOf", { shown: 3, total: 1_200 })).toBe("3 of 1,200 entries");
});
