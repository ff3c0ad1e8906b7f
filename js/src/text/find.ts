// Where in a text a query stands, without regard to case and accents: the same rule as search.py. Pure.

/** Combining marks that are left out, as in search.py. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/gu;

const folded = (text: string): string =>
  text.normalize("NFKD").replace(MARKS, "").toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** Start and end of each place where the query stands, in UTF-16 units of the text; at most so many. */
export function placesOf(text: string, query: string, most: number): readonly (readonly [number, number])[] {
  const wanted = folded(query.trim());
  if (wanted === "") return [];
  let all = "";
  // Of each unit of the folded text: where the character begins that it comes from.
  const starts: number[] = [];
  let at = 0;
  for (const character of text) {
    const one = folded(character);
    for (let i = 0; i < one.length; i += 1) starts.push(at);
    all += one;
    at += character.length;
  }
  starts.push(text.length);
  const places: [number, number][] = [];
  for (
    let i = all.indexOf(wanted);
    i !== -1 && places.length < most;
    i = all.indexOf(wanted, i + wanted.length)
  ) {
    places.push([starts[i] ?? 0, starts[i + wanted.length] ?? text.length]);
  }
  return places;
}
