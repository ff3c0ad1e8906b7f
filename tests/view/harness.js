// The host of a view under test: a model that records what it is sent and delivers what the test says.
class FakeModel {
  constructor() {
    this.sent = [];
    this.sentAtMs = [];
    this.buffers = [];
    this.state = {};
    this.handlers = [];
    this.live = true;
  }
  get(name) {
    return this.state[name];
  }
  set() {
    throw new Error("the view must not set traits");
  }
  save_changes() {
    throw new Error("the view must not set traits");
  }
  send(content, _callbacks, buffers = []) {
    if (!this.live) throw new Error("Cannot send");
    this.buffers.push(...buffers);
    this.sent.push(structuredClone(content));
    this.sentAtMs.push(performance.now());
  }
  on(name, callback) {
    this.handlers.push([name, callback]);
  }
  off(name, callback) {
    this.handlers = this.handlers.filter(([n, c]) => n !== name || c !== callback);
  }
  deliver(content) {
    for (const [name, callback] of [...this.handlers]) {
      if (name === "msg:custom") callback(structuredClone(content), []);
    }
  }
  die() {
    this.live = false;
    for (const [name, callback] of [...this.handlers]) if (name === "comm_live_update") callback();
  }
}

window.harness = {
  async start({ initialize = true, state = {} } = {}) {
    const module = await import("/widget.js");
    this.model = new FakeModel();
    this.model.state = state;
    this.widget = await module.default();
    this.lifetime = new AbortController();
    this.views = [];
    if (initialize) this.widget.initialize({ model: this.model, signal: this.lifetime.signal });
  },
  open(host = document.getElementById("host")) {
    const closing = new AbortController();
    const el = document.createElement("div");
    host.append(el);
    this.widget.render({ model: this.model, el, signal: closing.signal });
    this.views.push({ el, closing });
    return this.views.length - 1;
  },
  close(index) {
    const { el, closing } = this.views[index];
    closing.abort();
    el.remove();
  },
};
