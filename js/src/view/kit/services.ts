// What every component of a view may use: what users can do, how things are written, the words.

import type { Actions } from "../../kernel/actions";
import type { Strings } from "../../strings";
import type { Format } from "../../text/format";
import type { Clock } from "./clock";
import type { Voice } from "./voice";

export interface Services {
  readonly actions: Actions;
  readonly clock: Clock;
  readonly format: Format;
  /** Of the view's own words, dates and numbers. */
  readonly locale: string;
  readonly strings: Strings;
  readonly voice: Voice;
  /** Whether this user may pick what messages offer: a customer, in a conversation that can be written to. */
  readonly mayPick: boolean;
  /** This user has no part in the conversation. */
  readonly looksOn: boolean;
  /** What agents and bots write is Markdown. */
  readonly isMarkdown: boolean;
}
