// What the view says: templates and plurals, every language's table against the English one, and which is spoken.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { english, spokenLocale, stringsOf } from "../../src/strings";
import { BEFORE_KERNEL } from "../../src/strings/before-kernel";
import { english as table } from "../../src/strings/en";
import { spoken, type Table } from "../../src/strings/spoken";

const FOLDER = join(import.meta.dirname, "../../../src/ipygenesys/words");
const tables = new Map<string, Table>(
  readdirSync(FOLDER).map((name) => [
    name.replace(".json", ""),
    JSON.parse(readFileSync(join(FOLDER, name), "utf8")),
  ]),
);
const inLanguage = (language: string) => stringsOf(language, tables.get(language));

describe("words", () => {
  const model = {
    plain: "Plain #",
    ofTwo: "{first} before {second}",
    counted: { one: "# file of {name}", other: "# files of {name}" },
    group: { inner: "Inner" },
  } as const;
  it("are said with their values, in the order of the English ones", () => {
    const said = spoken(model, { ofTwo: "{second} nach {first}" }, "de");
    expect(said.ofTwo("A", 12_345)).toBe("12.345 nach A");
  });
  it("agree with their number, which is written in the locale's way", () => {
    const said = (locale: string) => spoken(model, {}, locale).counted;
    expect([1, 2].map((count) => said("en")(count, "Ann"))).toEqual(["1 file of Ann", "2 files of Ann"]);
    const written = (locale: string) => said(locale)(12_345, "").replace(" files of ", "");
    // Swiss German has changed its mark with the years of ICU.
    const swiss = new Intl.NumberFormat("de-CH").format(12_345);
    expect(["en", "de", "de-CH", "fr"].map(written)).toEqual(["12,345", "12.345", swiss, "12\u202f345"]);
  });
  it("take values as they are", () => {
    const said = spoken(model, {}, "en");
    expect(said.ofTwo("{second} $& #", "B")).toBe("{second} $& # before B");
    expect(said.counted(2, "#")).toBe("2 files of #");
    expect(said.plain).toBe("Plain #");
  });
  it.each([
    undefined,
    null,
    7,
    [],
    { plain: 7, ofTwo: {}, counted: "x", group: "x" },
    { plain: null, counted: { one: "x" }, group: { inner: ["x"] } },
  ])("that are missing or no words are said in English: %j", (words) => {
    const said = spoken(model, words, "en");
    expect([said.plain, said.ofTwo("a", "b"), said.counted(1, "c"), said.group.inner]).toEqual([
      "Plain #",
      "a before b",
      "1 file of c",
      "Inner",
    ]);
  });
});

it("who is typing is listed as the language does it", () => {
  const typing = (language: string, ...names: string[]) => inLanguage(language).typing(names.length, names);
  expect(typing("en", "Ann")).toBe("Ann is typing…");
  expect(typing("en", "Ann", "Ben")).toBe("Ann and Ben are typing…");
  expect(typing("de", "Ann", "Ben")).toBe("Ann und Ben schreiben…");
  expect(typing("es", "Ana", "Inés")).toBe("Ana e Inés están escribiendo…");
  expect(typing("es", "Inés", "Ana")).toBe("Inés y Ana están escribiendo…");
  expect(typing("ja", "佐藤")).toBe("佐藤さんが入力中…");
});

it("French counts nothing as one", () => {
  const { attachments } = inLanguage("fr");
  expect([0, 1, 2].map((count) => attachments(count))).toEqual([
    "0 pièce jointe",
    "1 pièce jointe",
    "2 pièces jointes",
  ]);
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
  ])("of %j is %s", (wished, said) => {
    expect(spokenLocale(wished)).toBe(said);
  });
  it("has a few words of its own before a kernel has sent them all", () => {
    expect([...BEFORE_KERNEL.keys()].sort()).toEqual([...tables.keys()].sort());
    for (const [language, few] of BEFORE_KERNEL) {
      expect(tables.get(language)).toMatchObject(few);
      expect(stringsOf(language).link.absent).toBe(inLanguage(language).link.absent);
    }
  });
});

it("a cause is said in the view's language; where there are no words for it, nothing", () => {
  expect(inLanguage("de").cause("unreachable")).toBe("Es besteht keine Verbindung zum Server.");
  expect(english.cause("unreachable")).toBe("");
  for (const words of [null, 7, { causes: null }, { causes: { lost: 7 } }, { causes: "x" }])
    expect([stringsOf("de", words).cause("lost"), stringsOf("de", words).cause(null)]).toEqual(["", ""]);
});

/** Every text of a table, by its path. */
function texts(node: Table, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, word]): [string, string][] =>
    typeof word === "string" ? [[`${path}${key}`, word]] : texts(word, `${path}${key}.`),
  );
}

const FORM = /\.(zero|one|two|few|many|other)$/;
/** What a text is built of: values, and the number. */
const placesOf = (text: string): string[] => (text.match(/\{\w+\}|#/g) ?? []).sort();
const MEANT_TO_BE_EMPTY = new Set(["roles.agent", "roles.customer", "roles.system", "sides.system"]);
/** The same word in both languages. */
const ALIKE = new Set([
  ...["conversation", "messages", "composer"].map((key) => `fr.${key}`),
  ...["de", "es", "fr"].flatMap((language) => [`${language}.roles.bot`, `${language}.sides.bot`]),
  "de.sides.agent",
  "fr.sides.agent",
  "de.fact",
  "es.fact",
]);

describe.each([...tables])("%s", (language, own) => {
  const original = new Map(texts(table));
  // In English the kernel says the causes itself; that there are words for each elsewhere is tested beside it.
  const { causes, ...rest } = own;
  const said = new Map(texts(rest));
  const keys = (all: Map<string, string>) => [...new Set([...all.keys()].map((at) => at.replace(FORM, "")))];

  it("says what English says", () => {
    expect(keys(said).sort()).toEqual(keys(original).sort());
    for (const [at, text] of said) expect(text === "", at).toBe(MEANT_TO_BE_EMPTY.has(at));
  });
  it("has the plural forms of the language", () => {
    const known = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const at of keys(said).filter((each) => said.has(`${each}.other`))) {
      const formsIn = (all: Map<string, string>) =>
        [...all.keys()]
          .filter((key) => key.startsWith(`${at}.`) && FORM.test(key))
          .map((key) => key.slice(at.length + 1));
      const wanted = formsIn(original).filter((form) => known.includes(form as Intl.LDMLPluralRule));
      expect(formsIn(said).sort(), at).toEqual(wanted.sort());
    }
  });
  it("names the same values", () => {
    for (const [at, text] of said) {
      const model = original.get(at) ?? original.get(at.replace(FORM, ".other")) ?? "";
      expect(placesOf(text), at).toEqual(placesOf(model));
    }
  });
  it("says nothing in English", () => {
    const same = [...said].filter(([at, text]) => text !== "" && original.get(at) === text).map(([at]) => at);
    expect(same.filter((at) => !ALIKE.has(`${language}.${at}`))).toEqual([]);
  });
  it("has no space at an end", () => {
    for (const [at, text] of texts(own)) expect(text, at).not.toMatch(/^\s|\s$|[a-z] …/);
  });
});

it("English has no space at an end either", () => {
  for (const [at, text] of texts(table)) expect(text, at).not.toMatch(/^\s|\s$|[a-z] …/);
  expect(english.send).toBe("Send");
});
