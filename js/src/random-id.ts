// Random ids, also in pages that have no secure context.

/** A version 4 UUID, by hand: `randomUUID` is missing in pages served over plain HTTP from another host. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(36));
  // An 8 stands for one of 8 to b.
  return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, (digit, at: number) => {
    const random = bytes[at] ?? 0;
    return (digit === "8" ? 8 | (random & 3) : random & 15).toString(16);
  });
}
