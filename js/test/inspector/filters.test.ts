// Which rows are shown.
import { expect, it } from "vitest";
import { ALL, type Filters, isWanted } from "../../src/inspector/filters";
import { row } from "./rows";

const all = [
  row(1),
  row(2, { direction: "out", kind: "call", words: "Sending" }),
  row(3, { kind: "answer", isError: true, status: "429" }),
  row(4, { direction: "note", kind: "open" }),
  row(5, { ignored: "a duplicate" }),
];
const shown = (filters: Partial<Filters>): number[] =>
  all.filter((each) => isWanted(each, { ...ALL, ...filters })).map(({ number }) => number);

it.each<[Partial<Filters>, number[]]>([
  [{}, [1, 2, 3, 4, 5]],
  [{ direction: "out" }, [2]],
  [{ kind: "frame" }, [1, 5]],
  [{ kind: "call" }, [2, 3]],
  [{ kind: "stream" }, [4]],
  [{ kind: "ignored" }, [5]],
  [{ kind: "error" }, [3]],
  [{ text: "SENDING" }, [2]],
  [{ text: "duplicate" }, [5]],
  [{ text: "(", isRegex: true }, [1, 2, 3, 4, 5]],
])("%j", (filters, numbers) => {
  expect(shown(filters)).toEqual(numbers);
});
