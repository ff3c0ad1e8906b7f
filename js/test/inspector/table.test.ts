// What a page holds of an inspector's rows.
import { expect, it } from "vitest";
import { type Asked, createTable, WINDOW } from "../../src/inspector/table";
import { row, rows } from "./rows";

function made() {
  const asked: Asked[] = [];
  const table = createTable((each) => asked.push(each));
  const numbers = (): number[] => table.state().rows.map(({ number }) => number);
  return { asked, table, numbers };
}
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

it("takes what is new, and what has changed of what it has", () => {
  const { table, numbers } = made();
  table.hear(rows([1, 2]));
  table.hear(rows([3], { changed: [row(2, { words: "Other" })] }));
  expect(numbers()).toEqual([1, 2, 3]);
  expect(table.state().rows[1]?.words).toBe("Other");
});

it("holds a window of the newest, and goes on after a gap", () => {
  const { table, numbers } = made();
  table.hear(rows(range(1, WINDOW)));
  table.hear(rows(range(WINDOW + 1, WINDOW + 5)));
  expect([numbers()[0], numbers().length]).toEqual([6, WINDOW]);
  table.hear(rows([WINDOW + 100]));
  expect(numbers()).toEqual([WINDOW + 100]);
});

it("takes older ones before those that it has", () => {
  const { table, numbers } = made();
  table.hear(rows([10, 11]));
  table.hear(rows([8, 9, 10], { isOlder: true }));
  expect(numbers()).toEqual([8, 9, 10, 11]);
});

it("while it is paused shows nothing new, and asks for it afterwards", () => {
  const { asked, table, numbers } = made();
  table.hear(rows([1]));
  table.pause(true);
  table.hear(rows([2]));
  expect([numbers(), table.state().total]).toEqual([[1], 2]);
  table.pause(false);
  expect(asked).toEqual([{ kind: "look", revision: 0, languages: [] }]);
});

it("keeps details and problems, tells who listens, and clears", () => {
  const { asked, table } = made();
  const heard: string[] = [];
  const closing = new AbortController();
  table.subscribe(() => heard.push("heard"), closing.signal);
  table.hear({ kind: "detail", number: 1, raw: "{}", became: [], changed: [] });
  table.hear({ kind: "problem", words: "No" });
  expect(table.state()).toMatchObject({ detail: { number: 1 }, problem: "No" });
  table.ask({ kind: "open", number: 2 });
  expect([table.state().problem, asked.length]).toEqual(["", 1]);
  closing.abort();
  table.clear();
  expect([table.state().rows, heard.length]).toEqual([[], 3]);
});
