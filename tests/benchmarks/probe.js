// Runs before a page's own scripts: notes when a stamped message enters the DOM and when it has been painted.
// A stamp is «id:microseconds since the epoch», written by Python right before the call that is measured.
(() => {
  const STAMP = /«(\w+):\d+»/g;
  const inDom = new Map();
  const painted = new Map();
  const waiting = new Map();
  const counts = { received: 0, frames: 0 };
  let arrivals = [];
  let longestTaskMs = 0;
  let longTasksMs = 0;

  // Not by Date.now(): its ticks are moved by chance, by up to a millisecond.
  const now = () => performance.timeOrigin + performance.now();

  // A task that is posted in an animation frame runs when that frame has been painted.
  const { port1, port2 } = new MessageChannel();
  const painting = [];
  port1.onmessage = () => {
    for (const call of painting.splice(0)) call(now());
  };
  const afterPaint = (call) =>
    requestAnimationFrame(() => {
      painting.push(call);
      port2.postMessage(null);
    });

  const note = (ids) => {
    const at = now();
    for (const id of ids) inDom.set(id, at);
    afterPaint((time) => {
      for (const id of ids) {
        painted.set(id, time);
        waiting.get(id)?.(time);
        waiting.delete(id);
      }
    });
  };

  const stampsIn = (text) => (text?.includes("«") ? [...text.matchAll(STAMP)].map((match) => match[1]) : []);

  const onMutations = (mutations) => {
    const found = new Set();
    for (const { type, target, addedNodes } of mutations) {
      const nodes = type === "characterData" ? [target] : addedNodes;
      for (const node of nodes) for (const id of stampsIn(node.textContent)) if (!inDom.has(id)) found.add(id);
    }
    if (found.size > 0) note(found);
  };

  const watch = (root) =>
    new MutationObserver(onMutations).observe(root, { childList: true, subtree: true, characterData: true });
  watch(document);
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    watch(root);
    return root;
  };

  const noteBytes = (size) => {
    arrivals.push(now());
    counts.received += size ?? 0;
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        noteBytes(typeof data === "string" ? new Blob([data]).size : (data.byteLength ?? data.size));
        counts.frames += 1;
      });
    }
  };
  // Streams that are read by fetch, and server-sent events.
  const read = ReadableStreamDefaultReader.prototype.read;
  ReadableStreamDefaultReader.prototype.read = async function (...options) {
    const chunk = await read.apply(this, options);
    noteBytes(chunk.value?.byteLength);
    return chunk;
  };
  const Events = window.EventSource;
  window.EventSource = class extends Events {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        noteBytes(new Blob([data]).size);
      });
    }
  };

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      longestTaskMs = Math.max(longestTaskMs, duration);
      longTasksMs += duration;
    }
  }).observe({ type: "longtask" });

  function* nodesUnder(node) {
    yield node;
    if (node.shadowRoot) yield* nodesUnder(node.shadowRoot);
    for (let child = node.firstChild; child; child = child.nextSibling) yield* nodesUnder(child);
  }

  const isStamped = (node) => node.nodeType === Node.TEXT_NODE && node.data.includes("«");

  // What is there for screen readers only is clipped to a pixel.
  const isVisible = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 8 && height > 8;
  };

  // The element that scrolls the messages.
  function scroller() {
    let node = null;
    for (const each of nodesUnder(document)) {
      if (isStamped(each) && each.parentElement && isVisible(each.parentElement)) node = each.parentElement;
    }
    while (node) {
      const scrolls = node instanceof Element && /auto|scroll/.test(getComputedStyle(node).overflowY);
      if (scrolls && node.scrollHeight > node.clientHeight + 8) return node;
      node = node.assignedSlot ?? (node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentNode);
    }
    return document.scrollingElement;
  }

  window.probe = {
    now,
    counts,
    // When the message has been painted; null after the limit.
    wait: (id, limitMs) =>
      new Promise((resolve) => {
        if (painted.has(id)) return resolve(painted.get(id));
        waiting.set(id, resolve);
        setTimeout(() => resolve(null), limitMs);
      }),
    // When something came over a socket or a stream for the first time after this; null if nothing has.
    arrivedAfter(time) {
      const at = arrivals.find((each) => each > time) ?? null;
      arrivals = [];
      return at;
    },
    wasInDom: (ids) => ids.filter((id) => inDom.has(id)).length,
    startTasks() {
      longestTaskMs = 0;
      longTasksMs = 0;
    },
    tasks: () => ({ longestMs: longestTaskMs, sumMs: longTasksMs }),
    // Nodes of the page, or of what a selector finds; and how many of them hold a message.
    count(selector) {
      const roots = selector ? [...document.querySelectorAll(selector)] : [document];
      let nodes = 0;
      let messages = 0;
      for (const root of roots) {
        for (const node of nodesUnder(root)) {
          nodes += 1;
          if (isStamped(node)) messages += 1;
        }
      }
      return { nodes, messages };
    },
    // Scrolls so many pixels a frame, from the end upwards, back again when an end is reached; the frames' times in ms.
    scroll: (frames, pixels) =>
      new Promise((resolve) => {
        const list = scroller();
        const intervals = [];
        let direction = -1;
        let moved = 0;
        let last = null;
        const step = () => {
          const at = performance.now();
          if (last !== null) intervals.push(at - last);
          last = at;
          if (intervals.length >= frames) return resolve({ intervals, moved });
          const before = list.scrollTop;
          list.scrollTop = before + direction * pixels;
          const by = Math.abs(list.scrollTop - before);
          if (by < 1) direction = -direction;
          moved += by;
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  };
})();
