// Files: name and size, a link only to where links may go.
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { Attachments } from "../../../src/view/content/attachments";
import * as eg from "../../examples";
import { draw, services } from "../draw";

const file = (fields = {}) => ({
  name: "invoice.pdf",
  mediaType: "application/pdf",
  sizeBytes: 52_000,
  url: null,
  canRefresh: false,
  ...fields,
});

it("a file that can be opened is a link with name and size", () => {
  const link = draw(
    <Attachments
      message={eg.message({ attachments: [file({ url: "https://files.example/1" })] })}
      services={services()}
    />,
  ).find<HTMLAnchorElement>("a");
  expect([link.href, link.textContent, link.rel]).toEqual([
    "https://files.example/1",
    "invoice.pdf 52 kB",
    "noopener noreferrer",
  ]);
});

it("a file without a safe address is only named", () => {
  const files = [file(), file({ url: "javascript:alert(1)", sizeBytes: null, name: "a\u202efdp.exe" })];
  const drawn = draw(<Attachments message={eg.message({ attachments: files })} services={services()} />);
  expect(drawn.all("a")).toEqual([]);
  expect(drawn.all(".ipg-file").map((each) => each.textContent)).toEqual([
    "invoice.pdf 52 kB",
    "afdp.exe pdf",
  ]);
});
