// The words of a flat table, with their values filled in. Pure.

/** Numbers are written in the locale's way. */
type Values = Readonly<Record<string, string | number>>;

export interface Wording<Key extends string> {
  (key: Key, values?: Values): string;
  readonly locale: string;
}

export function wording<Key extends string>(
  table: Readonly<Partial<Record<Key, string>>>,
  locale: string,
): Wording<Key> {
  const numbers = new Intl.NumberFormat(locale);
  const say = (key: Key, values: Values = {}): string =>
    // In one pass: what a value holds is no placeholder.
    (table[key] ?? key).replace(/\{(\w+)\}/g, (place, name: string) => {
      const value = values[name];
      return typeof value === "number" ? numbers.format(value) : (value ?? place);
    });
  return Object.assign(say, { locale });
}
