// Bundles src/widget.ts and src/style.css into the Python package; --watch rebuilds, --outdir=DIR writes elsewhere.
import { context } from "esbuild";

const argument = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.split("=")[1];

const build = await context({
  absWorkingDir: import.meta.dirname,
  entryPoints: [
    { in: "src/widget.ts", out: "widget" },
    { in: "src/style.css", out: "widget" },
  ],
  outdir: argument("outdir") ?? "../src/ipygenesys/static",
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "info",
});
if (process.argv.includes("--watch")) await build.watch();
else {
  await build.rebuild();
  await build.dispose();
}
