// @vitest-environment happy-dom
// Another widget of the page hears of the message that is to be shown.
import { expect, it } from "vitest";
import { SHOW_MESSAGE, showMessage } from "../../src/explore/show-message";

it("tells the whole page", () => {
  const heard: unknown[] = [];
  document.addEventListener(SHOW_MESSAGE, (event) => heard.push((event as CustomEvent).detail));
  showMessage(document, "m1");
  expect(heard).toEqual([{ id: "m1" }]);
});
