// The host of a view under test: a model that records what it is sent and delivers what the test says.

// The browser's own, for a test may put its clock in their place.
const nextFrame = requestAnimationFrame.bind(window);
const nextTask = setTimeout.bind(window);

class FakeModel {
  constructor() {
    this.sent = [];
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
  /** So many frames have been shown since, and the browser's observers have told what they saw in them. */
  async shown(frames) {
    for (let i = 0; i < frames; i++) await new Promise((done) => nextFrame(done));
    await new Promise((done) => {
      const observer = new IntersectionObserver(() => {
        observer.disconnect();
        done();
      });
      observer.observe(document.body);
    });
    await new Promise((done) => nextTask(done));
  },
  close(index) {
    const { el, closing } = this.views[index];
    closing.abort();
    el.remove();
  },
};
