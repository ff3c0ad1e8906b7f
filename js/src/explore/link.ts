// A page's link to its kernel: says that somebody looks until it is answered, and again every few seconds.

export interface Link<Question> {
  readonly say: (question: Question) => void;
  /** Look again at once: something was lost. */
  readonly look: () => void;
  readonly close: () => void;
}

/** Until the kernel has answered, which may be in a long cell. */
const ASK_AGAIN_MS = 2_000;

export interface Ends<Question> {
  readonly transmit: (question: Question) => void;
  /** What a look says now. */
  readonly question: () => Question;
  readonly isAnswered: () => boolean;
  readonly lookMs: number;
}

export function createLink<Question>({
  transmit,
  question,
  isAnswered,
  lookMs,
}: Ends<Question>): Link<Question> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  const say = (each: Question): void => {
    try {
      transmit(each);
    } catch {
      // There is no kernel, or not any more: what was drawn stays.
    }
  };
  const look = (): void => {
    if (isClosed) return;
    clearTimeout(timer);
    say(question());
    timer = setTimeout(look, isAnswered() ? lookMs : ASK_AGAIN_MS);
  };
  look();
  return {
    say,
    look,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
