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
  nextFrame,
  wheels: 0,
  async start({ initialize = true, state = {}, bundle = "widget" } = {}) {
    if (bundle !== "widget") await this.style(bundle);
    const module = await import(`/${bundle}.js`);
    this.model = new FakeModel();
    this.model.state = state;
    this.widget = await module.default();
    this.lifetime = new AbortController();
    this.views = [];
    if (initialize) this.widget.initialize({ model: this.model, signal: this.lifetime.signal });
  },
  /** As a host does it for each widget; those of all widgets of a page are there together. */
  style(bundle) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/${bundle}.css` });
    document.head.append(sheet);
    return new Promise((done) => sheet.addEventListener("load", done));
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
  /** The list has been scrolled for so many turns of the wheel, and nothing of it has changed for some frames. */
  async atRest(wheels = 0) {
    const list = document.querySelector(".ipg-scroller");
    const rows = document.querySelector(".ipg-rows");
    let changes = 0;
    const watcher = new MutationObserver(() => changes++);
    watcher.observe(rows, { subtree: true, childList: true, attributes: true, characterData: true });
    const look = () => [list.scrollTop, list.scrollHeight, this.wheels, changes].join();
    for (let same = 0, last = look(); same < 3 || this.wheels < wheels; last = look()) {
      await this.shown(1);
      same = look() === last ? same + 1 : 0;
    }
    watcher.disconnect();
  },
  close(index) {
    const { el, closing } = this.views[index];
    closing.abort();
    el.remove();
  },
};

addEventListener("wheel", () => harness.wheels++, { passive: true });
