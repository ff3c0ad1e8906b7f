// What pictures say: each word that they ask for is in the kernel's tables, and each there is asked for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { wording } from "../../src/explore/wording";
import { stateIn, type Word } from "../../src/pictures/words";

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");
const table = JSON.parse(read("../../../src/ipygenesys/_pictures/words/en.json"));

it("the words are those of the kernel", () => {
  const named = [...read("../../src/pictures/words.ts").matchAll(/^ {2}\| "(\w+)"/gm)].map(
    ([, name]) => name,
  );
  const groups = [
    ...read("../../src/pictures/words.ts").matchAll(/^(?:export )?type (?:Role|Kind|Status) = (.+);/gm),
  ];
  const grouped = groups.flatMap(([, list = ""]) => [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name));
  expect([...named, ...grouped, "waitingForKernel"].sort()).toEqual(Object.keys(table).sort());
});

it("a state is said if it is one", () => {
  const words = wording<Word>(table, "en");
  expect([stateIn(words, "read"), stateIn(words, "odd"), stateIn(words, "")]).toEqual(["Read", "", ""]);
});
