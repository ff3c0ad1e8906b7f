// Who may import whom, by the table of wings in js/README.md; and what every source file keeps to.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const FILES_PER_FOLDER = 16;
const LINES_PER_FILE = 300;
const FIRST_LINE = 110;

const SOURCE = join(import.meta.dirname, "../src");
const read = (name: string): string => readFileSync(join(SOURCE, name), "utf8");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.(tsx?|css)$/.test(name));
const scripts = files.filter((name) => !name.endsWith(".css"));
const isGenerated = (name: string): boolean => name.endsWith(".gen.ts");
const written = files.filter((name) => !isGenerated(name));
const in_ = (folder: string, names = files): string[] => names.filter((name) => dirname(name) === folder);

const imports = new Map(scripts.map((name) => [name, importsOf(name)]));

function importsOf(name: string): string[] {
  return [...read(name).matchAll(/(?:from |import |import\()"(\.[^"]+)"/g)].map(([, path = ""]) => {
    const base = join(dirname(name), path).replaceAll("\\", "/");
    const found = ["", ".ts", ".tsx", "/index.ts"]
      .map((end) => base + end)
      .find((each) => files.includes(each));
    if (found === undefined) throw new Error(`${name} imports ${path}, which is not there`);
    return found;
  });
}

/** Each wing's row in the README: its folder, what belongs there, what else it may import. */
const wings = new Map(
  [
    ...readFileSync(join(SOURCE, "../README.md"), "utf8").matchAll(/^\| `(\S+)\/` \| (.+?) \| ?(.*?) ?\|$/gm),
  ].map(([, folder = "", purpose = "", others = ""]) => [
    folder,
    { purpose, mayImport: [...others.matchAll(/`(\S+)\/`/g)].map(([, other = ""]) => other) },
  ]),
);
/** Known to all. */
const GROUND = ["protocol.gen.ts", "explore.gen.ts", "random-id.ts"];

describe("wings", () => {
  it("are the folders", () => {
    expect([...wings.keys()].sort()).toEqual([...new Set(files.map(dirname))].sort());
  });
  it.each([...wings])("%s/ imports only what it may", (folder, { mayImport }) => {
    const allowed = [folder, ...mayImport];
    const others = in_(folder, scripts).flatMap((name) =>
      (imports.get(name) ?? [])
        .filter((each) => !GROUND.includes(each) && !allowed.includes(dirname(each)))
        .map((each) => `${name} -> ${each}`),
    );
    expect(others).toEqual([]);
  });
  it("import one way: each only such as stand above it in the table", () => {
    const order = [...wings.keys()];
    for (const [folder, { mayImport }] of wings) {
      expect(order.slice(0, order.indexOf(folder))).toEqual(expect.arrayContaining(mayImport));
    }
  });
});

/** What imports itself, by however many others. */
function circular(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of graph.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
    return seen;
  };
  return [...graph.keys()].filter((name) => reached(name).has(name));
}

describe("files", () => {
  it("import each other in no circle", () => {
    const told = { in: ["first"], first: ["second"], second: ["first", "out"], out: [] };
    expect(circular(new Map(Object.entries(told)))).toEqual(["first", "second"]);
    expect(circular(imports)).toEqual([]);
  });

  const isPure = (name: string): boolean =>
    isGenerated(name) ||
    [wings.get(dirname(name))?.purpose, read(name).split("\n")[0]].some((said) => said?.includes("Pure."));

  it.each(scripts.filter(isPure))("%s knows no page, no clock, no host and nothing that does", (name) => {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code).not.toMatch(
      /\b(document|window|setTimeout|performance|Date\.now|crypto|model)\b[.(]|preact/,
    );
    expect((imports.get(name) ?? []).filter((each) => !isPure(each))).toEqual([]);
  });
  it("only entries and what they are made of see the model, only the kernel's wing and widget.ts see the port", () => {
    const seers = scripts.filter((name) => /\bmodel\b\.|@anywidget/.test(read(name)));
    expect(seers.sort()).toEqual([
      "explore/entry.ts",
      "explore/show-widget.ts",
      "inbox.ts",
      "panel.ts",
      "replay.ts",
      "widget.ts",
    ]);
    const usersOfPort = scripts.filter((name) => imports.get(name)?.includes("kernel/port.ts"));
    expect(usersOfPort.sort()).toEqual([
      "kernel/actions.ts",
      "kernel/transcripts.ts",
      "kernel/uploads.ts",
      "widget.ts",
    ]);
  });
  it.each([...wings.keys()])("%s/ can be taken in at a glance", (folder) => {
    expect(in_(folder).length).toBeLessThanOrEqual(FILES_PER_FOLDER);
  });
});

describe("every source file", () => {
  it.each(written)("%s says in its first line what it is for", (name) => {
    const [, line = ""] =
      read(name).match(name.endsWith(".css") ? /^\/\* (.+) \*\/$/m : /^\/\/ (.+)$/m) ?? [];
    expect(read(name)).toContain(line);
    expect(line).toMatch(/^[A-Z]/);
    expect(line.length).toBeLessThanOrEqual(FIRST_LINE);
  });
  it.each(written)("%s stays readable", (name) => {
    expect(read(name).trimEnd().split("\n").length).toBeLessThanOrEqual(LINES_PER_FILE);
  });
  it.each(scripts)(
    "%s uses no markup from strings, no document-level query and no state of the module",
    (name) => {
      expect(read(name)).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.query/,
      );
      expect(read(name)).not.toMatch(/scrollIntoView/);
      expect(read(name)).not.toMatch(/^(export )?let /m);
    },
  );
  // The build puts every rule inside the root, where there is no other.
  it.each(files.filter((name) => /^style\/.+\.css$/.test(name)))("%s names no root to stand in", (name) => {
    expect(read(name).replace(/\/\*[\s\S]*?\*\//g, "")).not.toMatch(/^\s*\.ipg-root\s+\S/m);
  });
  // Components are tested together, and in real browsers; tables of words have one test for all of them.
  const tested = written.filter((name) => /\.ts$/.test(name) && !/^(view|strings)\//.test(name));

  it.each(["strings/index.ts", ...tested])("%s has a test of its name", (name) => {
    expect(existsSync(join(import.meta.dirname, name.replace(/\.ts$/, ".test.ts")))).toBe(true);
  });
});
