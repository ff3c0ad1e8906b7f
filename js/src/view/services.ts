// What every component of a view may use: what users can do, how things are written, the words.

import type { Actions } from "../actions";
import type { Format } from "../format";
import type { Strings } from "../strings";

export interface Services {
  readonly actions: Actions;
  readonly format: Format;
  readonly strings: Strings;
}
