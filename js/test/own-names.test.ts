// What is shortened in the bundles is known to nobody else by its name.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const JS = join(import.meta.dirname, "..");
const read = (...path: string[]): string => readFileSync(join(JS, ...path), "utf8");
const OWN_NAMES: string[] = JSON.parse(read("own-names.json"));
const namesIn = (text: string): ReadonlySet<string> => new Set(text.match(/[A-Za-z_$][\w$]*/g));
const libraries = [
  "preact.mjs",
  "../hooks/dist/hooks.mjs",
  "../src/jsx.d.ts",
  "../src/dom.d.ts",
  "../src/index.d.ts",
];

/** The compiler's own description of what there is in a page and in the language. */
const compiler = join("node_modules", "@typescript");
const platform = readdirSync(join(JS, compiler))
  .flatMap((name) =>
    readdirSync(join(JS, compiler, name, "lib")).map((file) => join(compiler, name, "lib", file)),
  )
  .filter((name) => /lib\.(dom|es).*\.d\.ts$/.test(name))
  .map((name) => read(name))
  .join();

describe("own names", () => {
  it.each([
    ["the kernel's, of conversations", read("protocol.schema.json") + read("src/protocol.gen.ts")],
    ["the kernel's, of pictures and inspectors", read("src/explore.gen.ts")],
    ["words, which come from the kernel", read("src/strings/en.ts")],
    ["the library's", libraries.map((name) => read("node_modules/preact/dist", name)).join()],
    ["the page's", platform],
    [
      "the host's",
      read("src/widget.ts")
        .match(/model\.\w+/g)
        ?.join() ?? "",
    ],
  ])("are not %s", (_, text) => {
    const known = namesIn(text);
    expect(known.size).toBeGreaterThan(1);
    expect(OWN_NAMES.filter((each) => known.has(each))).toEqual([]);
  });
  it("are never written as texts, which keep them", () => {
    const names = OWN_NAMES.join("|");
    const quoted = new RegExp(`(?<![A-Z]\\w*)\\["(${names})"\\]|"(${names})":`);
    const sources = readdirSync(join(JS, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /tsx?$/.test(name),
    );
    expect(sources.filter((name) => quoted.test(read("src", name)))).toEqual([]);
  });
});
