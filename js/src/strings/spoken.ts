// Turns a table of words, which is plain data, into what components use: texts, and functions of values.

/** A text, plural forms by the names of Intl.PluralRules (they have an `other`), or a group of those. */
export interface Table {
  readonly [key: string]: string | Table;
}

/** Names are listed, numbers are written in the locale's way. */
type Value = string | number | readonly string[];
type ValuesOf<Text> = Text extends `${string}{${string}}${infer Rest}` ? [Value, ...ValuesOf<Rest>] : [];

/** Values are given in the order in which the English text has their names; the number comes before them. */
export type Spoken<Word> = Word extends string
  ? ValuesOf<Word> extends []
    ? string
    : (...values: ValuesOf<Word>) => string
  : Word extends { other: infer Form }
    ? (count: number, ...values: ValuesOf<Form>) => string
    : { readonly [Key in keyof Word]: Spoken<Word[Key]> };

/** What `table` has no words for is said as in `model`: it may be a part only, or come from an old notebook. */
export function spoken<Model extends Table>(model: Model, table: unknown, locale: string): Spoken<Model> {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const names = new Intl.ListFormat(locale);

  const written = (value: Value | undefined): string => {
    if (typeof value === "number") return numbers.format(value);
    return typeof value === "object" ? names.format(value) : (value ?? "");
  };
  /** In one pass: what a value holds is no placeholder. */
  const filled = (text: string, order: readonly string[], values: readonly Value[], count = ""): string =>
    text.replace(PLACE, (_, name?: string) => (name ? written(values[order.indexOf(name)]) : count));

  const say = (own: string | Table, other: unknown): unknown => {
    if (typeof own === "string") {
      const text = typeof other === "string" ? other : own;
      const order = namesIn(own);
      return order.length === 0 ? text : (...values: Value[]) => filled(text, order, values, "#");
    }
    const said = isGroup(other) ? other : {};
    if (typeof own.other !== "string")
      return Object.fromEntries(Object.entries(own).map(([key, word]) => [key, say(word, said[key])]));
    const forms = typeof said.other === "string" ? said : own;
    const order = namesIn(own.other);
    return (count: number, ...values: Value[]) => {
      const form = forms[rules.select(count)] ?? forms.other;
      return filled(String(form), order, values, numbers.format(count));
    };
  };
  return say(model, table) as Spoken<Model>;
}

/** `{name}`, or the number's. */
const PLACE = /\{(\w+)\}|#/g;

const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

export const isGroup = (node: unknown): node is Record<string, unknown> =>
  typeof node === "object" && node !== null;
