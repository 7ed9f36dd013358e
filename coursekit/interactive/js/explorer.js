// The explorer: panels, controls and a player around scenes that Python computes.

const QUIET = 400; // milliseconds without a change until it is said what is to be seen
const SILENT =
  "Python has not answered yet. It may be busy with another cell; if its kernel was restarted, run this cell again.";
const LOST = "Python no longer knows this picture: its kernel has ended. Run this cell again.";
const TELLING = ["path", "trail", "curve", "bars", "points"]; // layers whose numbers say what is seen

function typed(view, dtype) {
  const kind = { f8: Float64Array, u1: Uint8Array }[dtype];
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new kind(bytes.slice().buffer); // a copy: a buffer may lie at an odd address
}

class Explorer {
  constructor(model, host) {
    this.spec = model.get("spec");
    this.values = { ...this.spec.values };
    this.scene = { arrays: {}, labels: {}, code: "" };
    this.readings = Object.fromEntries(this.spec.readout.map((entry) => [entry.of, entry]));
    this.visible = false;
    this.player = new Player(this.spec.frame, (inFrame) => this.draw(inFrame), this.spec.pace);
    this.talk = new Conversation(model, {
      wish: () => {
        this.sent = { ...this.values };
        return { values: this.values, first: this.panels.some(({ asked }) => !asked) };
      },
      settle: (values) => this.settle(values),
      answer: (content, buffers) => this.receive(content, buffers),
      busy: (is) => this.root.setAttribute("aria-busy", is),
      silence: (lost) => this.say(lost ? LOST : SILENT, true),
    });
    this.build(host);
    this.freeKeys = keepBareKeys(this.root);
    // no work for what nobody sees: asked for once it comes near, paused when it goes
    this.watch = new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting), { rootMargin: "100px" });
    this.watch.observe(this.root);
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.root);
  }

  build(host) {
    const { spec } = this;
    this.root = element("div", { className: "ck-explorer" });
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", spec.title);
    this.root.setAttribute("aria-busy", "true");
    const hand = {
      player: this.player,
      value: (name) => this.values[name],
      set: (name, value) => this.change(name, value),
      toggle: () => spec.player && (this.player.toggle(), true),
    };
    this.panels = spec.panels.map((panel) => new Panel(panel, spec.layers, hand));
    this.controls = controlPanel(spec.controls, (name, value) => this.change(name, value));
    this.entries = spec.readout.map((entry) => this.entry(entry));
    this.caption = element("p", { className: "ck-caption" });
    this.status = element("p", { className: "ck-status" });
    this.live = element("p", { className: "ck-unseen" }); // the same for the ear, when the hand rests
    this.live.setAttribute("role", "status");
    this.root.append(
      element("div", { className: "ck-panels" }, this.panels.map(({ holder }) => holder)),
      ...(spec.player ? [this.player.node, this.caption] : []),
      element("dl", { className: "ck-readout" }, this.entries.map(({ node }) => node)),
      this.controls.node,
      this.status,
      this.live,
      ...(spec.copies ? [button("Copy as Python", "Copy as Python: the line that makes this picture", () => this.copy())] : []),
    );
    host.append(this.root);
  }

  seen(visible) {
    this.visible = visible;
    if (!visible) return this.player.stop();
    if (!this.talk.asked) this.talk.ask();
    this.draw();
  }

  change(name, value) {
    this.values[name] = value;
    this.controls.sets[name]?.(value);
    this.talk.ask();
  }

  /** Take over values that follow from those asked with, but for what was changed meanwhile. */
  settle(values) {
    for (const [name, value] of Object.entries(values)) {
      if (this.values[name] !== this.sent[name]) continue;
      this.values[name] = value;
      this.controls.sets[name]?.(value);
    }
  }

  receive(content, buffers) {
    this.say(content.text, content.error);
    const pictures = buffers.slice(content.arrays.length);
    content.pictures.forEach((name, i) => {
      const panel = this.panels.find((p) => p.name === name);
      panel?.show(pictures[i]).then(() => this.draw());
    });
    if (content.error) return;
    this.panels.forEach(({ holder, name }) => (holder.hidden = content.hidden.includes(name)));
    const arrays = content.later ? { ...this.scene.arrays } : {};
    content.arrays.forEach(({ name, shape, dtype }, i) => {
      arrays[name] = { shape, data: typed(buffers[i], dtype) };
    });
    this.scene = { arrays, labels: content.labels, code: content.code, captions: content.captions };
    this.player.setFrames(content.frames, content.frame);
  }

  say(text, error) {
    this.status.textContent = text;
    this.status.classList.toggle("ck-error", error);
    this.describeSoon();
  }

  /** Draw in the next frame of the screen, however often it is asked for in this one. In a frame
   * it is drawn at once: the next would show every other step of a player that moves in each. */
  draw(inFrame = false) {
    if (!this.visible) return;
    if (inFrame) this.paint();
    else this.due ??= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.due);
    this.due = null;
    this.panels.forEach((panel) => panel.paint(this.scene, this.player.frame));
    this.entries.forEach((entry) => this.update(entry));
    this.caption.textContent = this.scene.captions?.[this.player.frame] ?? "";
    this.describeSoon();
  }

  /** Say it in words once nothing has changed for a moment: nobody can listen to sixty a second. */
  describeSoon() {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => {
      const { player } = this;
      const caption = this.caption.textContent;
      const told = this.panels.map((panel) => this.told(panel));
      this.panels.forEach((panel, i) => panel.describe(told[i], player));
      player.scrub.setAttribute("aria-valuetext", `${player.frame} of ${player.last}. ${caption || told.find(Boolean) || ""}`);
      const said = [caption, this.status.textContent].filter(Boolean).join(" ");
      if (this.live.textContent !== said) this.live.textContent = said;
    }, QUIET);
  }

  /** The numbers of a panel's layers at this step, by name. */
  told(panel) {
    const tells = ({ kind, told }) => told ?? TELLING.includes(kind);
    const shown = panel.layers.filter((layer) => tells(layer) && this.scene.arrays[layer.of]);
    return shown
      .map(({ of }) => ({ of, text: this.numbers(of, 4) }))
      .filter(({ text }) => text)
      .map(({ of, text }) => `${this.scene.labels[of] ?? of} ${text}`)
      .join("; ");
  }

  /** A line of numbers at this step, named, with a key to its colour, dashes and marker. */
  entry(spec) {
    const key = element("span", { className: "ck-key", ariaHidden: "true" }, spec.colour ? [keyOf(spec)] : []);
    const name = element("span", { textContent: spec.label ?? "" });
    const number = element("dd");
    const node = element("div", {}, [element("dt", {}, [key, name]), number]);
    return { ...spec, name, number, node };
  }

  update({ of, name, number, node }) {
    node.hidden = !this.scene.arrays[of];
    if (node.hidden) return;
    if (this.scene.labels[of]) name.textContent = this.scene.labels[of];
    number.textContent = this.numbers(of);
  }

  /** As a reader takes it in; one that is to be `whole` in full, its thousands set apart. */
  words(number, { grain, whole } = {}) {
    if (whole && Math.abs(number) >= 1000 && Number.isFinite(number)) return Math.round(number).toLocaleString("en");
    return words(number, grain);
  }

  /** The row of this step; nothing if it has more than `most` numbers. */
  numbers(name, most = Infinity) {
    const { data, shape } = this.scene.arrays[name];
    const n = shape.slice(1).reduce((a, b) => a * b, 1);
    if (n > most) return "";
    const row = Math.min(this.player.frame, shape[0] - 1);
    const shown = [...data.slice(row * n, row * n + n)].map((number) => this.words(number, this.readings[name]));
    return n === 1 ? shown[0] : `(${shown.join(", ")})`;
  }

  async copy() {
    const { step_argument: step } = this.spec;
    const { frame, last } = this.player;
    const code = step && frame < last ? this.scene.code.replace(/\)$/, `, ${step}=${frame})`) : this.scene.code;
    try {
      await navigator.clipboard.writeText(code);
      this.say(`Copied: ${code}`, false);
    } catch {
      this.say(code, false); // no right to the clipboard: to be copied by hand
    }
  }

  remove() {
    this.player.stop();
    this.talk.end();
    this.freeKeys();
    this.watch.disconnect();
    this.resize.disconnect();
    cancelAnimationFrame(this.due);
    clearTimeout(this.quiet);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.remove();
  },
};
