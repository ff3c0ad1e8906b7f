import { expect, test } from "vitest";
import { shown } from "../../src/explore/shown";

test("no string hides a control or turns letters round, wherever it stands; all else stays as it is", () => {
  const message = {
    kind: "x",
    text: "exe.\u202egnp",
    rows: [{ name: "a\u0000b", n: 3, at: null }, ["\u202d", true]],
  };
  expect(shown(message)).toEqual({
    kind: "x",
    text: "exe.\ufffdgnp",
    rows: [{ name: "a\u2400b", n: 3, at: null }, ["\ufffd", true]],
  });
  expect(shown(undefined)).toBe(undefined);
});
