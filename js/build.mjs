// Bundles each entry and its style sheet into the Python package; --watch rebuilds, --outdir=DIR writes elsewhere.
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { context } from "esbuild";
import { minify } from "terser";

/**
 * Each file of the style sheet within the view. An id weighs more than the rules of any host, such as JupyterLab's
 * `.jp-ThemedContainer a:hover`, and no element needs to have it. `&` is the view's root.
 */
const inView = {
  name: "in-view",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]style[\\/].*\.css$/ }, async ({ path }) => {
      const rules = await readFile(path, "utf8");
      return {
        contents: path.endsWith("host.css") ? rules : `:is(#ipg, .ipg-root) {${rules}}`,
        loader: "css",
      };
    }),
};

const argument = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.split("=")[1];
const outdir = argument("outdir") ?? "../src/ipygenesys/static";

/** A bundle each, with its style sheet: it travels with every widget of its kind. */
const SHEETS = ["widget", "replay", "pictures", "inspector", "inbox", "runs"];
const SCRIPTS = [...SHEETS, "panel"];

const compress = {
  passes: 4,
  lhs_constants: false,
  unsafe: true,
  unsafe_arrows: true,
  unsafe_comps: true,
  pure_getters: true,
};

/**
 * Names of properties that only the bundles themselves use, and often: within them they are shorter. What the kernel, a
 * host or the page knows by its name is not among them (test/own-names.test.ts).
 */
const ownNames = JSON.parse(await readFile(`${import.meta.dirname}/own-names.json`, "utf8"));

/** Without spaces that esbuild keeps and nothing needs. */
const tightened = (css) => css.replace(/(--[\w-]+): /g, "$1:").replaceAll(", ", ",");

const build = await context({
  absWorkingDir: import.meta.dirname,
  entryPoints: [
    ...SCRIPTS.map((name) => ({ in: `src/${name}.ts`, out: name })),
    { in: "src/style.css", out: "widget" },
    ...SHEETS.slice(1).map((name) => ({ in: `src/${name}.css`, out: name })),
  ],
  outdir,
  bundle: true,
  format: "esm",
  minify: true,
  mangleProps: new RegExp(`^(${ownNames.join("|")})$`),
  plugins: [inView],
  target: "es2022",
  supported: { "top-level-await": false }, // Colab and VS Code load a module in ways that know none
  charset: "utf8",
  legalComments: "none", // they are in THIRD-PARTY.txt
  metafile: true,
  logLevel: "info",
});
if (process.argv.includes("--watch")) await build.watch();
else {
  const { metafile } = await build.rebuild();
  await build.dispose();
  // terser's second look at a script takes another 3 % off. What it may suppose holds for all that is bundled: built-in
  // objects are as they came, no value compares in a way of its own, no function without `this` is a constructor, nothing happens by reading a property.
  for (const name of SCRIPTS) {
    const script = resolve(import.meta.dirname, outdir, `${name}.js`);
    const { code } = await minify(await readFile(script, "utf8"), { module: true, ecma: 2022, compress });
    await writeFile(script, code);
  }
  for (const name of SHEETS) {
    const sheet = resolve(import.meta.dirname, outdir, `${name}.css`);
    await writeFile(sheet, tightened(await readFile(sheet, "utf8")));
  }
  await writeFile(resolve(import.meta.dirname, outdir, "THIRD-PARTY.txt"), await notices(metafile));
}

/** The notices that travel with the bundle: of each package that is in it, its licence as it came. */
async function notices({ inputs }) {
  const paths = Object.keys(inputs).flatMap(
    (path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? [],
  );
  const each = [...new Set(paths)].sort().map(async (path) => {
    const { name, version, license } = JSON.parse(
      await readFile(`${import.meta.dirname}/${path}/package.json`, "utf8"),
    );
    return `${name} ${version} (${license})\n\n${await readFile(`${import.meta.dirname}/${path}/LICENSE`, "utf8")}`;
  });
  return `The scripts hold:\n\n${(await Promise.all(each)).join("\n\n")}`;
}
