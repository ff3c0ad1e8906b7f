// A model as a host gives it: records what is sent, delivers what the test says, counts listeners.
import type { AnyModel } from "@anywidget/types";
import type { KernelToView, ViewToKernel } from "../src/protocol.gen";

export class FakeModel {
  readonly sent: ViewToKernel[] = [];
  /** Its traits. */
  state: Record<string, unknown> = {};
  isLive = true;
  private listeners: [string, (content: unknown) => void][] = [];

  get listenerCount(): number {
    return this.listeners.length;
  }
  send = (content: ViewToKernel): void => {
    if (!this.isLive) throw new Error("Cannot send");
    this.sent.push(content);
  };
  on = (name: string, callback: (content: unknown) => void): void => {
    this.listeners.push([name, callback]);
  };
  off = (name: string, callback: (content: unknown) => void): void => {
    this.listeners = this.listeners.filter(([n, c]) => n !== name || c !== callback);
  };
  emit(name: string, content?: unknown): void {
    for (const [n, callback] of [...this.listeners]) if (n === name) callback(content);
  }
  deliver(message: KernelToView): void {
    this.emit("msg:custom", message);
  }
  heard<Kind extends ViewToKernel["kind"]>(kind: Kind): Extract<ViewToKernel, { kind: Kind }>[] {
    return this.sent.filter((each): each is Extract<ViewToKernel, { kind: Kind }> => each.kind === kind);
  }
  /** Another object for the same model, as anywidget gives to `initialize` and to each `render`. */
  proxy(): AnyModel {
    return {
      get: (name: string) => this.state[name],
      send: this.send,
      on: this.on,
      off: this.off,
    } as unknown as AnyModel;
  }
}
