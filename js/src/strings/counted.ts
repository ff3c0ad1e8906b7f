// Words that depend on a number: the plural form of the language, the number as it is written there.

/** The forms that a language distinguishes, by the names of Intl.PluralRules; `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };
export type Counted = (count: number, forms: Forms) => string;

export function countedIn(locale: string): Counted {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", numbers.format(count));
}
