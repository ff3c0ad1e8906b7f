// The bundles, as they are committed: what hosts ask of a module, whichever way they load it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const STATIC = join(import.meta.dirname, "../../src/ipygenesys/static");
const bundles = readdirSync(STATIC).filter((name) => name.endsWith(".js"));
/** Names of things, which nobody fetches. */
const NAMES = /^http:\/\/www\.w3\.org\//;

describe.each(bundles)("%s", (name) => {
  // Colab and VS Code import a module in ways that know no `await` at its top; esbuild refuses it then.
  it("is one module that imports nothing and does not wait", async () => {
    const { metafile } = await build({
      entryPoints: [join(STATIC, name)],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      logLevel: "silent",
      supported: { "top-level-await": false },
    });
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  });
  it("knows no address to fetch anything from, and makes no code out of words", () => {
    const text = readFileSync(join(STATIC, name), "utf8");
    const addresses = text.match(/\bhttps?:\/\/[\w.-]+[^"'`\s]*/g) ?? [];
    expect(addresses.filter((each) => !NAMES.test(each))).toEqual([]);
    expect(text).not.toMatch(/\beval\(|\bnew Function\b|\bFunction\("/);
  });
});
