// Going to a message from another widget of the page: whoever has the conversation brings it into sight.

/** Heard by every chat of the page (view/list/events.ts); those that do not know the message do nothing. */
export const SHOW_MESSAGE = "ipygenesys-show-message";

export function showMessage(page: Document, id: string): void {
  page.dispatchEvent(new CustomEvent(SHOW_MESSAGE, { detail: { id } }));
}
