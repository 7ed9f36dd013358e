// A panel: a picture that Matplotlib has drawn once, the layers on it, and the hand on both.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const LEAST = 0.75; // of its size, for a picture that rather scrolls than shrinks
const SHARP = 2; // dots of the picture for each pixel it takes on the page

class Panel {
  /** `hand` has `value(name)`, `set(name, point)`, `toggle()` and the `player`. */
  constructor(spec, layers, hand) {
    Object.assign(this, spec);
    this.layers = layers.filter(({ panel }) => panel === spec.name);
    this.hand = hand;
    this.canvas = element("canvas", { width: spec.width, height: spec.height });
    this.canvas.style.aspectRatio = `${spec.width} / ${spec.height}`;
    this.canvas.setAttribute("aria-label", spec.label);
    this.holder = element("div", { className: "ck-panel" }, [this.canvas]);
    const wide = spec.width / SHARP;
    this.holder.style.cssText = `flex: ${wide} 1 ${0.7 * wide}px; max-width: ${wide}px`;
    if (spec.grab) this.takes("application", "crosshair", "none", (point) => this.place(point));
    else if (spec.scrub) this.takes("slider", "ew-resize", "pan-y", ([x]) => hand.player.show(Math.round(x)));
    else if (spec.handles) hold(this);
    else this.canvas.setAttribute("role", "img");
    if (spec.scrolls) {
      this.canvas.style.minWidth = `${LEAST * wide}px`;
      this.holder.style.overflowX = "auto";
      this.holder.setAttribute("role", "group");
      this.holder.setAttribute("aria-label", "a picture that scrolls sideways");
    }
  }

  /** Let a press, a drag and the keys reach what the panel sets. */
  takes(role, cursor, touch, use) {
    const { canvas } = this;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", role);
    if (role === "slider") this.describe("", this.hand.player); // it must have a value from the beginning
    Object.assign(canvas.style, { cursor, touchAction: touch });
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      use(scales(this, box.width, box.height).inverse(event.clientX - box.left, event.clientY - box.top));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      at(event);
    });
    canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && at(event));
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const taken = event.key === " " ? this.hand.toggle() : role === "slider" ? this.step(event) : this.nudge(event);
      if (taken) event.preventDefault();
    });
  }

  /** The arrow keys move the point by a fiftieth of the picture, with shift by a tenth of that. */
  nudge({ key, shiftKey }) {
    const step = ARROWS[key];
    if (!step) return false;
    const part = shiftKey ? 500 : 50;
    const { x, y, inverse } = scales(this, 1, 1);
    const [px, py] = [x(this.hand.value(this.grab)[0]), y(this.hand.value(this.grab)[1])];
    this.place(inverse(px + (step[0] * this.axes[2]) / part, py - (step[1] * this.axes[3]) / part));
    return true;
  }

  /** Keys of a slider, on the steps of the player. */
  step({ key }) {
    const { player } = this.hand;
    const leap = Math.max(1, Math.round(player.last / 10));
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -leap, PageUp: leap }[key];
    const to = { Home: 0, End: player.last }[key] ?? (by && player.frame + by);
    if (to === undefined) return false;
    player.show(to);
    return true;
  }

  /** A point inside the axes, in round numbers: a thousandth of the picture's side or finer. */
  place([x, y]) {
    const set = (value, [low, high], log) => Math.min(Math.max(rounded(value, [low, high], log), low), high);
    this.hand.set(this.grab, [set(x, this.xlim, this.xlog), set(y, this.ylim, this.ylog)]);
  }

  /** A new background; the old one stays until it can be drawn. */
  async show(bytes) {
    this.asked = true;
    this.picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    this.background = null;
  }

  paint(scene, frame) {
    const { canvas, holder } = this;
    this.scene = scene;
    if (this.scrolls) holder.tabIndex = holder.scrollWidth > holder.clientWidth ? 0 : -1;
    const wide = Math.round(canvas.clientWidth * window.devicePixelRatio);
    if (!wide) return; // not on the page
    if (canvas.width !== wide) {
      canvas.width = wide;
      canvas.height = Math.round((wide * this.height) / this.width);
      this.background = null;
    }
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (this.picture) context.drawImage(this.fitted(), 0, 0);
    const placed = scales(this, canvas.width, canvas.height);
    const ratio = (SHARP * canvas.width) / this.width;
    context.save();
    context.beginPath();
    context.rect(...placed.clip);
    context.clip();
    for (const layer of this.layers) {
      const array = scene.arrays[layer.of];
      if (!array) continue;
      context.save();
      DRAW[layer.kind](context, { ...layer, label: scene.labels[layer.of] }, array, frame, placed, ratio);
      context.restore();
    }
    context.restore();
  }

  /** The picture at the canvas' size, scaled once and not in every frame. */
  fitted() {
    if (!this.background) {
      this.background = new OffscreenCanvas(this.canvas.width, this.canvas.height);
      const context = this.background.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(this.picture, 0, 0, this.canvas.width, this.canvas.height);
    }
    return this.background;
  }

  /** What the picture shows, for those who do not see it. */
  describe(words, player) {
    if (this.scrub) {
      const now = { min: 0, max: player.last, now: player.frame };
      for (const [key, value] of Object.entries(now)) this.canvas.setAttribute(`aria-value${key}`, value);
      this.canvas.setAttribute("aria-valuetext", `step ${player.frame} of ${player.last}. ${words}`);
    } else this.canvas.setAttribute("aria-label", words ? `${this.label}. ${words}` : this.label);
  }
}
