// The rows of the list: an unchanged message keeps its virtual node, so that nothing of it is compared again.

import { h, type JSX } from "preact";
import { MessageRow, type MessageRowProps } from "../message/message";

type Keyed = MessageRowProps & { readonly key: string };

interface Drawn {
  readonly props: Keyed;
  readonly node: JSX.Element;
}

export class MessageRows {
  #drawn = new Map<string, Drawn>();

  draw(rows: readonly Keyed[]): JSX.Element[] {
    const before = this.#drawn;
    this.#drawn = new Map();
    return rows.map((props) => {
      const known = before.get(props.key);
      const kept = known && isSame(known.props, props) ? known : { props, node: h(MessageRow, props) };
      this.#drawn.set(props.key, kept);
      return kept.node;
    });
  }
}

/** All rows have the same properties. */
function isSame(one: Keyed, other: Keyed): boolean {
  for (const name in other) if (one[name as keyof Keyed] !== other[name as keyof Keyed]) return false;
  return true;
}
