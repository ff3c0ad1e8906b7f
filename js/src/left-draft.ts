// A draft over a reload of its page: it stays in this tab, and only from one page to the next.

/** Of one conversation; the next page meets it again as long as its Chat lives. */
const keyOf = (epoch: string): string => `ipygenesys-draft-${epoch}`;

/** The page goes, and this was being written. */
export function leaveDraft(epoch: string | null, text: string | undefined): void {
  try {
    if (epoch !== null && text) sessionStorage.setItem(keyOf(epoch), text);
  } catch {
    // Some hosts give a view no storage, and none is too large for every text.
  }
}

/** What the page before this one has left; nobody else gets it. */
export function takeLeftDraft(epoch: string | null): string {
  try {
    if (epoch === null) return "";
    const text = sessionStorage.getItem(keyOf(epoch)) ?? "";
    sessionStorage.removeItem(keyOf(epoch));
    return text;
  } catch {
    return "";
  }
}
