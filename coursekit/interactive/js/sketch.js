// A curve drawn by hand on a picture of axes: points [column, level], with straight lines between.
//
// What a column and a level are in numbers, `spec.columns` and `spec.levels` say.

const STEPS = { ArrowUp: 4, ArrowDown: -4, PageUp: 20, PageDown: -20 }; // levels; with Shift 1

class Sketch {
  /** `say` is told in words what a key did; without it nothing can be drawn, only looked at. */
  constructor(spec, say) {
    Object.assign(this, { spec, say });
    this.points = new Map(); // level by column
    this.at = 0; // the column of the cursor
    this.curve = null;
    const { width, height } = spec;
    this.canvas = element("canvas", { width, height });
    this.canvas.style.maxWidth = `${width / 2}px`;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `Axes: ${spec.y} against ${spec.x}`);
    if (say) this.listen();
    createImageBitmap(new Blob([spec.picture], { type: "image/png" })).then((picture) => {
      this.picture = picture;
      this.draw();
    });
  }

  get value() {
    return [...this.points].sort((a, b) => a[0] - b[0]);
  }

  set value(points) {
    this.points = new Map(points);
    this.draw();
  }

  set locked(locked) {
    this.isLocked = locked;
    this.canvas.tabIndex = locked ? -1 : 0;
    this.canvas.setAttribute("role", locked ? "img" : "application");
    this.canvas.style.cursor = locked ? "default" : "crosshair";
    this.canvas.style.touchAction = locked ? "auto" : "none";
    this.draw();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (this.isLocked) return;
      canvas.setPointerCapture(event.pointerId);
      this.stroke(event, null);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons && !this.isLocked && this.last) this.stroke(event, this.last);
    });
    canvas.addEventListener("pointerup", () => (this.last = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const change of ["focus", "blur"]) canvas.addEventListener(change, () => this.draw());
  }

  /** Draw as far as the pointer, over every column passed since its last place. */
  stroke(event, last) {
    const box = this.canvas.getBoundingClientRect();
    const [left, bottom, wide, high] = this.spec.axes;
    const within = (share, end) => Math.round(Math.min(Math.max(share, 0), 1) * end);
    const column = within(((event.clientX - box.left) / box.width - left) / wide, this.spec.columns.length - 1);
    const level = within((1 - (event.clientY - box.top) / box.height - bottom) / high, this.spec.levels.length - 1);
    const [from, start] = last ?? [column, level];
    const count = Math.max(Math.abs(column - from), 1);
    for (let i = 0; i <= count; i++) {
      const share = i / count;
      this.points.set(Math.round(from + (column - from) * share), Math.round(start + (level - start) * share));
    }
    this.points.set(column, level);
    this.last = [column, level];
    this.at = column;
    this.draw();
  }

  key(event) {
    if (this.isLocked || event.ctrlKey || event.metaKey || event.altKey) return;
    const end = this.spec.columns.length - 1;
    const to = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: end }[event.key];
    if (to !== undefined) this.at = Math.min(Math.max(to, 0), end);
    else if (event.key in STEPS) {
      const step = event.shiftKey ? Math.sign(STEPS[event.key]) : STEPS[event.key];
      const level = Math.round(this.height(this.at)) + step;
      this.points.set(this.at, Math.min(Math.max(level, 0), this.spec.levels.length - 1));
    } else if (event.key === "Delete" || event.key === "Backspace") this.points.delete(this.at);
    else return;
    event.preventDefault();
    this.draw();
    const { x, y, columns, levels } = this.spec;
    const there = this.points.has(this.at) ? words(levels[this.points.get(this.at)]) : "no point here";
    this.say(`${x} = ${words(columns[this.at])}, ${y}: ${there}. Points: ${this.points.size}.`);
  }

  /** The level at which the cursor stands in a column: on the curve, or in the middle. */
  height(column) {
    const points = this.value;
    if (!points.length) return (this.spec.levels.length - 1) / 2;
    const after = points.find(([c]) => c >= column) ?? points.at(-1);
    const before = points.findLast(([c]) => c <= column) ?? after;
    const share = after[0] > before[0] ? (column - before[0]) / (after[0] - before[0]) : 0;
    return before[1] + share * (after[1] - before[1]);
  }

  draw() {
    const { canvas, spec } = this;
    const context = canvas.getContext("2d");
    const [left, bottom, wide, high] = spec.axes;
    const place = ([x, y]) => [(left + x * wide) * canvas.width, (1 - bottom - y * high) * canvas.height];
    const share = ([column, level]) => [column / (spec.columns.length - 1), level / (spec.levels.length - 1)];
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (this.picture) context.drawImage(this.picture, 0, 0, canvas.width, canvas.height);
    context.save();
    context.beginPath();
    context.rect(...place([-0.01, 1.01]), wide * 1.02 * canvas.width, high * 1.02 * canvas.height);
    context.clip();
    const line = (places, { colour, dash }) => {
      context.strokeStyle = colour;
      context.lineWidth = 5;
      context.lineJoin = "round";
      context.setLineDash(dash.map((length) => 2 * length));
      context.beginPath();
      for (const each of places) context.lineTo(...place(each));
      context.stroke();
    };
    if (this.curve) line(this.curve, spec.looks.truth);
    const points = this.value;
    line(points.map(share), spec.looks.yours);
    context.setLineDash([]);
    context.fillStyle = spec.looks.yours.colour;
    const few = points.length < 12; // set one by one, and not in a stroke
    for (const [x, y] of few ? points.map(share).map(place) : []) this.dot(context, x, y, 7, true);
    context.restore();
    if (document.activeElement !== canvas && canvas.getRootNode().activeElement !== canvas) return;
    if (!this.isLocked) this.dot(context, ...place(share([this.at, this.height(this.at)])), 14, false);
  }

  dot(context, x, y, radius, full) {
    context.strokeStyle = "black";
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (full) context.fill();
    else context.stroke();
  }
}
