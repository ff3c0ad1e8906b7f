// Where a query stands in a text: the same rule as the kernel's search.
import { describe, expect, it } from "vitest";
import { placesOf } from "../../src/text/find";

const found = (text: string, query: string, most = 99): string[] =>
  placesOf(text, query, most).map(([start, end]) => text.slice(start, end));

describe("a query", () => {
  it.each([
    ["The Parcel, the parcel", "pARCEL", ["Parcel", "parcel"]],
    ["Crème brûlée", "creme BRULEE", ["Crème brûlée"]],
    ["Cre\u0300me", "crème", ["Cre\u0300me"]],
    ["Straße", "strasse", ["Straße"]],
    ["ας", "ΑΣ", ["ας"]],
    ["ﬁnally", "fin", ["ﬁn"]],
    ["１２３", "23", ["２３"]],
    ["a 😀 b", "😀 B", ["😀 b"]],
    ["שָׁלוֹם", "שלום", ["שָׁלוֹם"]],
    ["aaaa", "aa", ["aa", "aa"]],
    ["nothing", "parcel", []],
    ["anything", "  ", []],
  ])("in %s: %s", (text, query, places) => {
    expect(found(text, query)).toEqual(places);
  });
  it("is looked for at most so many times", () => {
    expect(found("a".repeat(1_000), "a", 7)).toHaveLength(7);
  });
});
