// Words that depend on what they speak of, the same in every language, and which language is spoken.
import { describe, expect, it } from "vitest";
import { english, spokenLocale, stringsOf } from "../src/strings";
import { countedIn } from "../src/strings/counted";

const LANGUAGES = ["en", "de", "es", "fr", "ja"] as const;

it.each([
  [[], ""],
  [["Ann"], "Ann is typing…"],
  [["Ann", "Ben"], "Ann and Ben are typing…"],
  [["Ann", "Ben", "Cleo"], "Several people are typing…"],
])("%j: %s", (names, words) => {
  expect(english.typing(names)).toBe(words);
});

it("counts agree with their nouns", () => {
  expect([1, 2].map(english.newMessagesCounted)).toEqual(["new message", "new messages"]);
  expect([1, 3].map(english.attachments)).toEqual(["1 attachment", "3 attachments"]);
  // French counts nothing as one.
  expect([0, 1, 2].map(stringsOf("fr").attachments)).toEqual([
    "0 pièce jointe",
    "1 pièce jointe",
    "2 pièces jointes",
  ]);
  expect([1, 2].map(stringsOf("de").newMessagesCounted)).toEqual(["neue Nachricht", "neue Nachrichten"]);
});

it("numbers are written in the locale's way", () => {
  const written = (locale: string) => countedIn(locale)(12_345, { other: "#" });
  expect(["en", "de", "de-CH", "fr"].map(written)).toEqual(["12,345", "12.345", "12’345", "12\u202f345"]);
});

it("Spanish says e before the sound of an i", () => {
  const { typing } = stringsOf("es");
  expect(typing(["Ana", "Inés"])).toBe("Ana e Inés están escribiendo…");
  expect(typing(["Ana", "Hilario"])).toBe("Ana e Hilario están escribiendo…");
  expect(typing(["Ana", "Ione"])).toBe("Ana y Ione están escribiendo…");
  expect(typing(["Inés", "Ana"])).toBe("Inés y Ana están escribiendo…");
});

describe("the locale", () => {
  it.each([
    [["de"], "de"],
    [[null, "pt-BR", "fr-CA", "de"], "fr-CA"],
    [["ja-JP", "en"], "ja-JP"],
    [["EN-gb"], "EN-gb"],
    [["pt-BR"], "en"],
    [["de-", "es"], "es"],
    [[], "en"],
  ])("of %j is %s", (wished, spoken) => {
    expect(spokenLocale(wished)).toBe(spoken);
  });
});

/** Every sentence of a table, by its path; functions are asked with an example. */
function sentences(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] => {
    const at = `${path}${key}`;
    if (typeof value === "string") return [[at, value]];
    if (typeof value === "object") return sentences(value, `${at}.`);
    const example = key === "typing" ? value(["Ann", "Ben"]) : value(3, "Hello");
    return [[at, String(example)]];
  });
}

const MEANT_TO_BE_EMPTY = new Set(["roles.agent", "roles.customer", "roles.system"]);
/** The same word in both languages. */
const ALIKE = new Set([
  ...["conversation", "messages", "composer"].map((key) => `fr.${key}`),
  ...["de", "es", "fr"].map((language) => `${language}.roles.bot`),
  "de.fact",
  "es.fact",
]);

describe.each(LANGUAGES)("%s", (language) => {
  const said = sentences(stringsOf(language));
  it("says everything", () => {
    expect(said.map(([at]) => at)).toEqual(sentences(english).map(([at]) => at));
    for (const [at, words] of said) expect(words === "", at).toBe(MEANT_TO_BE_EMPTY.has(at));
  });
  it("says nothing in English", () => {
    if (language === "en") return;
    const original = new Map(sentences(english));
    const same = said.filter(([at, words]) => words !== "" && original.get(at) === words).map(([at]) => at);
    expect(same.filter((at) => !ALIKE.has(`${language}.${at}`))).toEqual([]);
  });
  it("leaves no placeholder and no space at an end", () => {
    for (const [at, words] of said) expect(words, at).not.toMatch(/#|^\s|\s$|undefined|[a-z] …/);
  });
});
