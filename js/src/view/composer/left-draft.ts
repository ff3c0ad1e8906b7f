// A draft over a reload of its page or another run of its cell: in this tab only, until the next view.

const keyOf = (name: string): string => `ipygenesys-draft-${name}`;

/** The view goes, and this was being written in the conversation of this name. */
export function leaveDraft(name: string | null, text: string | undefined): void {
  try {
    if (name !== null && text) sessionStorage.setItem(keyOf(name), text);
  } catch {
    // Some hosts give a view no storage, and none is too large for every text.
  }
}

/** What an earlier view has left; nobody else gets it. */
export function takeLeftDraft(name: string | null): string {
  try {
    if (name === null) return "";
    const text = sessionStorage.getItem(keyOf(name)) ?? "";
    sessionStorage.removeItem(keyOf(name));
    return text;
  } catch {
    return "";
  }
}
