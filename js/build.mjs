// Bundles src/widget.ts and src/style.css into the Python package; --watch rebuilds, --outdir=DIR writes elsewhere.
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { context } from "esbuild";
import { minify } from "terser";

// Of the view alone: neither kernel, page nor words know these names, so that the bundle may shorten them.
const OWN_NAMES = `
  activeId arrivals arrived arrivedCount articles awaitingText canReconnect consistent deliver dismissError
  dispatch drafts drawn endsGroup expectFocus focusArticle fromIndex gather hadFocus hadTooMany hasAim
  hasArrived heldPage hitId inViewSinceMs isActive isAtEnd isAtRest isAttending isAway isChosen isFirstOfDay
  isFleeting isFollowing isFromHere isHidden isHit isOpen isPartial isPicked isSearching isShown isTaken
  isTarget isTelling isWatching jumpedTo keepDraft landing lastInSight lastNotedMs lastSerial loadText markId
  marks momentAfter newId newLinks newness objection obstacle olderError onAttention onEndSelection onEscape
  onFailed onFiles onFound onJump onJumpToUnread onPick onResized onSearch onSent onToggle onUnread pageRequest
  patch picking preview previews receive redraw reported resync retryAtMs scroller selecting selection serial
  services showEnd showStart startsGroup startsNew statusCause statusDetail strings subscribe takeAim takeDraft
  takeSeat takesFocus tellsTyping tellViews textRequests toEdge toIndex transcripts transmit trouble unreadAbove
`;
// Between Preact and its components, and both are in the bundle.
const PREACT_NAMES = `
  componentDidCatch componentDidMount componentDidUpdate componentWillMount componentWillReceiveProps
  componentWillUnmount componentWillUpdate contextType current debounceRendering forceUpdate getChildContext
  getDerivedStateFromError getDerivedStateFromProps getSnapshotBeforeUpdate props setState shouldComponentUpdate
`;
const ownNames = `${OWN_NAMES} ${PREACT_NAMES}`.trim().split(/\s+/);
const others = ["protocol.gen.ts", "strings/en.ts"].map((name) =>
  readFileSync(`${import.meta.dirname}/src/${name}`, "utf8"),
);
const shared = ownNames.filter((name) => new RegExp(`\\b${name}\\b`).test(others.join(" ")));
if (shared.length > 0) throw new Error(`Not of the view alone: ${shared}`);

/** The style sheet's own properties, other than those that a page or a script sets, by short names: `--i0`, `--i1`, … */
function withShortNames(css) {
  const names = [...new Set(css.match(/--ipg-(?!theme-|height)[\w-]+/g))];
  return css.replace(/--ipg-[\w-]+/g, (name) => (names.includes(name) ? `--i${names.indexOf(name)}` : name));
}

const argument = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.split("=")[1];
const outdir = argument("outdir") ?? "../src/ipygenesys/static";

const build = await context({
  absWorkingDir: import.meta.dirname,
  entryPoints: [
    { in: "src/widget.ts", out: "widget" },
    { in: "src/style.css", out: "widget" },
  ],
  outdir,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  // Children as arguments take less room than as a property; the types and the tests know the other way only.
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  inject: ["preact"],
  mangleProps: new RegExp(`^(${ownNames.join("|")})$`),
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  logLevel: "info",
});
if (process.argv.includes("--watch")) await build.watch();
else {
  await build.rebuild();
  await build.dispose();
  // The bundle travels with every widget: terser's second look at it takes another 3 % off.
  const script = resolve(import.meta.dirname, outdir, "widget.js");
  const { code } = await minify(await readFile(script, "utf8"), {
    module: true,
    ecma: 2022,
    compress: { passes: 3, pure_getters: true, unsafe: true, unsafe_arrows: true, unsafe_methods: true },
  });
  await writeFile(script, code);
  const sheet = resolve(import.meta.dirname, outdir, "widget.css");
  await writeFile(sheet, withShortNames(await readFile(sheet, "utf8")));
}
