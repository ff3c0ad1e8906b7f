// Matches a regular expression off the page's thread, and ends it when it takes too long.

export interface Matched {
  /** Which of the words match; null: it was given up, or is no expression. */
  readonly hits: readonly boolean[] | null;
  readonly problem: "" | "invalid" | "slow" | "impossible";
}

/** Chosen: what takes longer would take for ever. */
export const LIMIT_MS = 500;

const WORK = `onmessage = ({data: {id, source, words}}) => {
  const pattern = new RegExp(source, "i");
  postMessage({id, hits: words.map(each => pattern.test(each))});
};`;

/** One at a time: a newer question ends an older one. */
export function createMatcher(signal: AbortSignal, limitMs = LIMIT_MS) {
  let worker: Worker | null = null;
  let give: ((matched: Matched) => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let id = 0;
  const end = (matched: Matched): void => {
    clearTimeout(timer);
    give?.(matched);
    give = null;
  };
  const stop = (): void => {
    worker?.terminate();
    worker = null;
  };
  const started = (): Worker => {
    if (worker !== null) return worker;
    // No blob: a page's policy may refuse those.
    worker = new Worker(`data:text/javascript,${encodeURIComponent(WORK)}`);
    worker.onmessage = ({ data }) => {
      if (data.id === id) end({ hits: data.hits, problem: "" });
    };
    // Where the host lets no worker in.
    worker.onerror = () => {
      stop();
      end({ hits: null, problem: "impossible" });
    };
    return worker;
  };
  signal.addEventListener("abort", stop, { once: true });
  return (source: string, words: readonly string[]): Promise<Matched> => {
    try {
      new RegExp(source);
    } catch {
      return Promise.resolve({ hits: null, problem: "invalid" });
    }
    end({ hits: null, problem: "" });
    id += 1;
    return new Promise((done) => {
      give = done;
      try {
        started().postMessage({ id, source, words });
      } catch {
        end({ hits: null, problem: "impossible" });
        return;
      }
      timer = setTimeout(() => {
        stop();
        end({ hits: null, problem: "slow" });
      }, limitMs);
    });
  };
}
