// One picture put together: its title, what it says in words, the drawing, its tools and the table behind it.

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { waitingForKernel } from "../explore/before-kernel";
import { wording } from "../explore/wording";
import type { PageShade } from "../view/theme";
import { ReadingBar, ReadingStatus } from "./reading";
import { Responses } from "./responses";
import type { Known } from "./scene";
import { Timeline } from "./timeline";
import type { Word, Words } from "./words";

interface Props {
  readonly known: Known;
  readonly shade: PageShade;
}

/** A page that shows nothing yet has some width, so that nothing is drawn twice. */
const FIRST_WIDTH = 640;

export function Picture({ known, shade }: Props): JSX.Element {
  const root = useRef<HTMLElement | null>(null);
  const width = useWidth(root);
  const words: Words = useMemo(() => wording<Word>(known.words, known.locale), [known.words, known.locale]);
  const { scene } = known;
  const reading = { reading: known.reading, words };
  const more = <ReadingBar {...reading} />;
  const name = scene && (scene.title || words(scene.kind === "timeline" ? "timeline" : "responseTimes"));
  return (
    <section
      class="ipg-root ipg-picture"
      ref={root}
      lang={known.locale}
      data-shade={shade}
      data-picture={scene?.kind}
      data-revision={known.revision}
      aria-label={name ?? undefined}
    >
      {scene === null && <p class="ipg-waits">{waitingForKernel(navigator.languages)}</p>}
      {scene !== null && <ReadingStatus {...reading} />}
      {scene?.kind === "timeline" && (
        <Timeline {...{ scene, words, width, more }} heardAtMs={known.heardAtMs} name={name ?? ""} />
      )}
      {scene?.kind === "response-times" && <Responses {...{ scene, words, width, more }} name={name ?? ""} />}
    </section>
  );
}

function useWidth(root: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const measure = (): void => {
      // Hidden, it has none, and will be shown again.
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [root]);
  return width;
}
