// A component that renders again only when one of its properties is another value.

import { Component, type ComponentChild, type FunctionComponent } from "preact";

export function memo<Props extends object>(
  render: (props: Props) => ComponentChild,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = this.props as Record<string, unknown>;
      const after = next as Record<string, unknown>;
      return Object.keys({ ...before, ...after }).some((key) => before[key] !== after[key]);
    }
    override render(): ComponentChild {
      return render(this.props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
