// Sliders, boxes and buttons: the browser's own, so that keys and screen readers know them.

const DECIMALS = 4;

/** A number as a reader takes it in; less than `grain`, it is all but 0. */
function words(number, grain = 0) {
  if (Number.isNaN(number)) return "–";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size < grain) return "≈ 0";
  const short = size >= 1e5 || size < 1e-4 ? number.toExponential(2) : String(+number.toPrecision(DECIMALS));
  return short.replace("-", "−").replace("e-", "e−").replace("Infinity", "∞");
}

/** A value to a thousandth of its range, or with `log` to four digits. */
function rounded(value, [low, high], log) {
  if (log) return +value.toPrecision(4);
  const digits = Math.ceil(-Math.log10((high - low) / 1000));
  return +value.toFixed(Math.min(Math.max(digits, 0), 20));
}

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The values along a slider: i from 0 to `steps` -> value, and back. */
function ruler({ min, max, log, zero, whole, near_one: nearOne }) {
  if (whole && !log) return { steps: max - min, at: (i) => min + i, place: (v) => v - min };
  if (nearOne) {
    // even steps of log(1 − value)
    const ratio = (1 - max) / (1 - min);
    return {
      steps: 200,
      at: (i) => +(1 - +((1 - min) * ratio ** (i / 200)).toPrecision(3)).toFixed(9),
      place: (v) => (200 * Math.log((1 - v) / (1 - min))) / Math.log(ratio),
    };
  }
  if (!log) {
    return {
      steps: 200,
      at: (i) => rounded(min + ((max - min) * i) / 200, [min, max], false),
      place: (v) => (200 * (v - min)) / (max - min),
    };
  }
  const first = zero ? 1 : 0; // before the logarithmic part there may be a place for 0
  const share = (i) => (i - first) / (200 - first);
  const digits = (v) => (whole ? Math.round(v) : +v.toPrecision(3));
  return {
    steps: 200,
    at: (i) => (i < first ? 0 : digits(min * (max / min) ** share(i))),
    place: (v) => (v < min ? 0 : first + ((200 - first) * Math.log(v / min)) / Math.log(max / min)),
  };
}

/** What is before a control; `group` is in its name, for it is read out without its frame. */
function labelled(control, input, others = []) {
  if (control.group) input.setAttribute("aria-label", `${control.group} ${control.label}`);
  const name = element("span", { textContent: control.label });
  const box = input.type === "checkbox";
  const className = others.length ? "" : "ck-wide"; // no number after it
  return element("label", { className }, box ? [input, name] : [name, input, ...others]);
}

function slider(control, change) {
  const { steps, at, place } = ruler(control);
  const input = element("input", { type: "range", min: 0, max: steps, step: 1 });
  const output = element("span", { className: "ck-number", ariaHidden: "true" }); // the slider says it itself
  const show = (value) => {
    output.textContent = words(value);
    input.setAttribute("aria-valuetext", words(value));
  };
  input.addEventListener("input", () => change(at(+input.value)));
  const set = (value) => {
    input.value = Math.round(place(value));
    show(value);
  };
  set(control.value);
  return { node: labelled(control, input, [output]), set };
}

function choice(control, change) {
  const options = control.options.map((o) => element("option", { value: o, textContent: o }));
  const select = element("select", {}, options);
  select.value = control.value;
  select.addEventListener("change", () => change(select.value));
  const set = (value) => (select.value = value);
  return { node: labelled(control, select), set };
}

function box(control, change) {
  const input = element("input", { type: "checkbox", checked: control.value });
  input.addEventListener("change", () => change(input.checked));
  const set = (value) => (input.checked = value);
  return { node: labelled(control, input), set };
}

function button(text, label, press) {
  const made = element("button", { type: "button", textContent: text });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

const CONTROLS = { slider, choice, box };

/** All controls in their groups, the folded ones of each group behind one line to open. */
function controlPanel(specs, change) {
  const node = element("div", { className: "ck-controls" });
  const sets = {};
  for (const group of new Set(specs.map((c) => c.group))) {
    const members = specs.filter((c) => c.group === group).map((control) => {
      const made = CONTROLS[control.kind](control, (value) => change(control.name, value));
      sets[control.name] = made.set;
      return { folded: control.folded, node: made.node };
    });
    const [open, folded] = [false, true].map((f) => members.filter((m) => Boolean(m.folded) === f).map((m) => m.node));
    const more = element("details", {}, [element("summary", { textContent: "more settings" }), ...folded]);
    const children = folded.length ? [...open, more] : open;
    if (group) node.append(element("fieldset", {}, [element("legend", { textContent: group }), ...children]));
    else node.append(...children);
  }
  return { node, sets };
}
