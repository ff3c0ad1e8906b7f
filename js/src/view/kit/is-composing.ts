// Whether a key belongs to a composition, as of Japanese: Enter then chooses a candidate.

/** Safari ends a composition before it tells of the Enter that did, which then has the code of all keys of one. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;
