// Bundles src/widget.ts and src/style.css into the Python package; --watch rebuilds, --outdir=DIR writes elsewhere.
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { context } from "esbuild";
import { minify } from "terser";

// Of the view alone: neither kernel, page nor words know these names, so that the bundle may shorten them.
const OWN_NAMES = `
  actions activeId aheadMs anchor anchors arrivals arrived arrivedCount articles awaitingText canReconnect
  clock consistent dashes deliver dismissError dispatch drafts drawn endsGroup enter expectFocus focusArticle follow
  fromIndex gather goBack goTo hadFocus hadTooMany handle hasAim hasArrived heldPage hitId hold inViewSinceMs
  isActive isAtEnd isAtRest isAttending isAway isChosen isCut isFirstOfDay isFleeting isFollowing isFromHere
  isHidden isHit isMarkdown isOpen isPartial isPicked isSearching isShown isTaken isTarget isTelling isWatching
  jumpedTo keptAs landing lastInSight lastNotedMs lastSerial loadText markId marks mayPick momentAfter newId
  newLinks newness nowMs objection obstacle olderError onAttention onClose onDate onEnd onEndSelection onEscape
  onFailed onFiles onFound onGo onJump onJumpToUnread onLink onPick onResized onSearch onSeen onSelect onSent
  onToggle onUnread pageRequest patch phase picking port preview previews probe receive redraw reported resync
  retryAtMs rules scroller selecting selection serial services share showEnd showStart startsGroup startsNew
  statusCause statusDetail store strings subscribe takeAim takeSeat takesFocus tellsTyping tellViews textRequests
  timer toEdge toIndex tone transcripts transmit trouble unreadAbove
`;
// What the kernel says and no view does. It is written by position: its names are only in the bundle.
const KERNEL_NAMES = `
  address blockedExtensions canAnswer canRefresh capabilities cause correlationId count deltas description durationS
  epoch firstIndex firstOtherId firstUnreadId formerId formerIndex fullLength hasOlder imageUrl isComplete isFound
  isLoading isMultiple isOwn latitude longitude maxBytes maxNameCharacters others payload payloads picked replies
  retryInMs searched sections sender sentBytes slots statusTimeMs stoppedEarly subtitle targetId total totalBytes
  unreadCount
`;
// Between Preact and its components, and both are in the bundle.
const PREACT_NAMES = `
  componentDidCatch componentDidMount componentDidUpdate componentWillMount componentWillReceiveProps
  componentWillUnmount componentWillUpdate contextType current debounceRendering forceUpdate getChildContext
  getDerivedStateFromError getDerivedStateFromProps getSnapshotBeforeUpdate props setState shouldComponentUpdate
`;
const split = (names) => names.trim().split(/\s+/);
const read = (name) => readFileSync(`${import.meta.dirname}/src/${name}`, "utf8");
const [protocol, words] = [read("protocol.gen.ts"), read("strings/en.ts")];
const saidByViews = protocol.match(/^export interface \w+ \{\n {2}kind: "[\w-]+";\n {2}client: [^}]*\}/gm);
for (const [names, texts] of [
  [OWN_NAMES, [protocol, words]],
  [PREACT_NAMES, [protocol, words]],
  [KERNEL_NAMES, [...saidByViews, words.replaceAll(/"[^"]*"/g, "")]],
]) {
  const shared = split(names).filter((name) => new RegExp(`\\b${name}\\b`).test(texts.join(" ")));
  if (shared.length > 0) throw new Error(`Known outside the bundle: ${shared}`);
}
const mangled = split(`${OWN_NAMES} ${KERNEL_NAMES} ${PREACT_NAMES}`);

/** The style sheet's own properties, other than those that a page or a script sets, by short names: `--0`, `--1`, … */
function withShortNames(css) {
  const names = [...new Set(css.match(/--ipg-(?!theme-|height)[\w-]+/g))];
  return css.replace(/--ipg-[\w-]+/g, (name) =>
    names.includes(name) ? `--${names.indexOf(name).toString(36)}` : name,
  );
}

/** Without the blanks that esbuild leaves in the values of custom properties. */
const withoutBlanks = (css) => css.replace(/(?<=[(,]|--[\w-]+:)\s+|\s+(?=\))/g, "");

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
  mangleProps: new RegExp(`^(${mangled.join("|")})$`),
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
    // Constants stay on the right, where most of them are: what is alike packs better.
    compress: {
      passes: 3,
      pure_getters: true,
      lhs_constants: false,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
  });
  await writeFile(script, code);
  const sheet = resolve(import.meta.dirname, outdir, "widget.css");
  await writeFile(sheet, withoutBlanks(withShortNames(await readFile(sheet, "utf8"))));
}
