// Who may import whom, and that every source file says what it is for and has a test.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../src");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.tsx?$/.test(name),
);
const read = (name: string): string => readFileSync(join(SOURCE, name), "utf8");
const importsOf = (name: string): string[] =>
  [...read(name).matchAll(/from "(\.[^"]+)"/g)].map((match) => basename(match[1] ?? ""));

/** Pure files and all that they may import; nothing else in the front end may be known to them. */
const PURE: Record<string, readonly string[]> = {
  "state/held.ts": ["protocol.gen"],
  "state/view-state.ts": ["held", "newness", "protocol.gen"],
  "state/apply-deltas.ts": ["held", "newness", "protocol.gen", "view-state"],
  "state/store.ts": ["apply-deltas", "held", "newness", "protocol.gen", "view-state"],
  "kernel/composer.ts": ["protocol.gen"],
  "seen/dwell.ts": [],
  "text/links.ts": [],
  "strings/index.ts": ["before-kernel", "en", "spoken"],
  "strings/before-kernel.ts": ["spoken"],
  "strings/en.ts": [],
  "strings/spoken.ts": [],
  "text/code.ts": [],
  "text/detail.ts": ["a11y", "format", "protocol.gen", "strings"],
  "text/recency.ts": ["format", "protocol.gen", "strings"],
  "text/format.ts": ["strings"],
  "text/a11y.ts": ["format", "protocol.gen", "strings"],
  "state/banner.ts": ["store", "strings"],
  "state/newness.ts": [],
  "text/find.ts": [],
  "text/copying.ts": ["a11y", "format", "protocol.gen", "strings", "view-state"],
  "state/selection.ts": ["protocol.gen"],
  "state/list-window.ts": [],
  "state/list-paging.ts": ["held", "list-window", "view-state"],
  "state/rows.ts": ["format", "held", "protocol.gen", "strings", "view-state"],
};

describe("layers", () => {
  it.each(Object.entries(PURE))("%s imports only what it may", (name, allowed) => {
    expect(importsOf(name).filter((each) => !allowed.includes(each))).toEqual([]);
  });
  it.each(Object.keys(PURE))("%s knows no page, no clock and no host", (name) => {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code).not.toMatch(/\b(document|window|setTimeout|performance|Date\.now|crypto|model)\b[.(]/);
  });
  it("only widget.ts sees the model, only actions, uploads and transcripts see the port", () => {
    expect(files.filter((name) => /\bmodel\b\.|@anywidget/.test(read(name)))).toEqual(["widget.ts"]);
    const usersOfPort = files.filter((name) => importsOf(name).includes("port")).sort();
    expect(usersOfPort).toEqual([
      "kernel/actions.ts",
      "kernel/transcripts.ts",
      "kernel/uploads.ts",
      "widget.ts",
    ]);
  });
  it("views import no port and no widget", () => {
    for (const name of files.filter((each) => each.startsWith("view/"))) {
      expect(importsOf(name).filter((each) => ["port", "widget"].includes(each))).toEqual([]);
    }
  });
});

describe("every source file", () => {
  const written = files.filter((name) => name !== "protocol.gen.ts");

  it.each(written)("%s says in its first line what it is for", (name) => {
    expect(read(name)).toMatch(/^\/\/ [A-Z].+/);
  });
  it.each(written)("%s stays readable", (name) => {
    expect(read(name).split("\n").length).toBeLessThanOrEqual(420);
  });
  it.each(written)(
    "%s uses no markup from strings, no document-level query and no state of the module",
    (name) => {
      expect(read(name)).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.query/,
      );
      expect(read(name)).not.toMatch(/scrollIntoView/);
      expect(read(name)).not.toMatch(/^(export )?let /m);
    },
  );
  // The tables of words have one test for all of them.
  const tested = written.filter((name) => !/^(view|strings)\//.test(name));

  it.each(["strings/index.ts", ...tested])("%s has a test of its name", (name) => {
    expect(existsSync(join(import.meta.dirname, name.replace(/\.ts$/, ".test.ts")))).toBe(true);
  });
});
