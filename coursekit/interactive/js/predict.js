// A question, and in another cell the truth beside its answer. Python keeps both: what is shown
// here follows `state`, and what a reader does is sent as a message.

const PATIENCE = 3000; // milliseconds until a reader is told that the kernel does not answer
const SILENT = "The kernel has not answered yet. It is busy; or it was restarted: then run this cell again.";
const GONE = "The kernel that asked this has stopped. Run this cell again.";

/** Text in which `backticks` mark code. */
function rich(tag, text, properties = {}) {
  const parts = text.split(/`([^`]+)`/);
  return element(tag, properties, parts.map((part, i) => (i % 2 ? element("code", { textContent: part }) : part)));
}

/** How each kind of question is answered: { nodes, buttons, value(), set(sent), lock(locked) }. */
const ASK = {
  choice(spec) {
    const group = Math.random().toString(36).slice(2); // a question may be shown twice
    const inputs = spec.options.map((value) => element("input", { type: "radio", name: group, value }));
    const labels = inputs.map((input, i) => element("label", {}, [input, rich("span", spec.options[i])]));
    return {
      nodes: [element("div", { className: "ck-options" }, labels)],
      value: () => inputs.find((input) => input.checked)?.value ?? null,
      set: (sent) => inputs.forEach((input) => (input.checked = input.value === sent)),
      lock: (locked) => inputs.forEach((input) => (input.disabled = locked)),
    };
  },

  number(spec, say, commit) {
    const input = element("input", { type: "number", step: "any" });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) commit();
    });
    const label = element("label", {}, [element("span", { textContent: "Your answer" }), input, rich("span", spec.unit)]);
    return {
      nodes: [label],
      value: () => input.value,
      set: (sent) => (input.value = sent ?? ""),
      lock: (locked) => (input.readOnly = locked),
    };
  },

  sketch(spec, say) {
    const sketch = new Sketch(spec, say);
    const clear = button("Clear", "Clear the sketch", () => {
      sketch.value = [];
      say("Nothing is drawn.");
    });
    const how = element("p", { className: "ck-how", id: `ck-${Math.random().toString(36).slice(2)}` });
    how.textContent = "Draw with the pointer. Or with keys: ← and → go along, ↑ and ↓ set the height, Delete takes a point away.";
    sketch.canvas.setAttribute("aria-describedby", how.id);
    sketch.canvas.setAttribute("aria-label", `Your sketch: ${spec.y} against ${spec.x}`);
    return {
      nodes: [sketch.canvas, how],
      buttons: [clear],
      value: () => sketch.value,
      set: (sent) => (sketch.value = sent ?? []),
      lock: (locked) => {
        sketch.locked = locked;
        how.hidden = clear.hidden = locked;
      },
    };
  },
};

/** What a question and a result share: a sentence at the end, and a line to Python. */
class Card {
  constructor(model, root) {
    Object.assign(this, { model, root, spec: model.get("spec") });
    this.status = element("p", { className: "ck-status", tabIndex: -1 });
    this.status.setAttribute("role", "status");
  }

  say(text) {
    clearTimeout(this.patience);
    this.status.textContent = text;
  }

  tell(message) {
    try {
      this.model.send(message);
      this.patience = setTimeout(() => this.say(SILENT), PATIENCE);
    } catch {
      this.say(GONE);
    }
  }
}

class Question extends Card {
  constructor(model, root) {
    super(model, root);
    const { spec } = this;
    this.ask = ASK[spec.kind](spec, (text) => this.say(text), () => this.commit());
    this.enter = button("Commit", "Commit this answer", () => this.commit());
    this.again = button("Try again", "Try again: cover the result and ask anew", () => this.tell({ again: true }));
    const legend = element("legend", {}, [element("strong", { textContent: "Predict. " }), rich("span", spec.question)]);
    const actions = element("div", { className: "ck-actions" }, [this.enter, ...(this.ask.buttons ?? []), this.again, this.status]);
    root.append(element("fieldset", {}, [legend, ...this.ask.nodes, actions]));
  }

  show({ sent, shown, kept, revealed }) {
    const done = sent !== null && sent !== undefined;
    const acted = this.root.contains(document.activeElement);
    if (done || this.done) this.ask.set(sent); // and not over what is being typed
    this.done = done;
    this.ask.lock(done);
    this.enter.hidden = done;
    this.again.hidden = !(done && revealed);
    const next = revealed ? "See it beside what came out, below." : "Now run the cells below.";
    const lost = kept ? "" : " It is kept only until the kernel stops: the course's folder cannot be written.";
    this.say(done ? `Committed: ${shown}. ${next}${lost}` : "");
    if (acted && this.enter.hidden) this.status.focus(); // the button that had the focus is gone
  }

  commit() {
    if (this.done) return;
    this.say("Committing …");
    this.tell({ commit: this.ask.value() });
  }
}

class Verdict extends Card {
  constructor(model, root) {
    super(model, root);
    this.body = element("div");
    root.append(this.body, this.status);
  }

  show(state) {
    const covered = state.covered ?? true;
    this.root.classList.toggle("ck-cover", covered);
    this.body.replaceChildren(...(covered ? this.cover() : this.comparison(state)));
    this.say(covered ? "" : state.words || "You have not committed an answer.");
  }

  cover() {
    const peek = () => this.tell({ peek: true });
    return [
      element("p", {}, ["What this cell shows waits for your answer to: ", rich("em", this.spec.question)]),
      button("Show it without an answer", "Show it without an answer", peek),
    ];
  }

  comparison({ told, shown, sent, curve }) {
    const looks = this.spec.looks ?? {};
    const rows = [
      shown && ["Your answer", shown, looks.yours],
      ["What came out", told, looks.truth],
    ];
    const list = element("dl", {}, rows.filter(Boolean).map(([name, text, look]) => {
      const key = element("span", { className: "ck-key" });
      if (look) key.style.borderTop = `3px ${look.dash.length ? "dashed" : "solid"} ${look.colour}`;
      const term = element("dt", {}, look ? [key, name] : [name]);
      return element("div", {}, [term, rich("dd", text)]);
    }));
    if (!curve) return [list];
    const both = new Sketch(this.spec, null);
    both.canvas.setAttribute("aria-label", shown ? "Your sketch, and what came out" : "What came out");
    both.curve = curve;
    both.value = sent ?? [];
    return [both.canvas, list];
  }
}

export default {
  render({ model, el }) {
    const spec = model.get("spec");
    const root = element("div", { className: "ck-predict" });
    const asks = spec.role === "question";
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", asks ? "Prediction" : "Prediction and result");
    const release = keepBareKeys(root);
    const card = new (asks ? Question : Verdict)(model, root);
    const show = () => card.show(model.get("state"));
    const hear = ({ problem }) => card.say(problem);
    model.on("change:state", show);
    model.on("msg:custom", hear);
    el.append(root);
    show();
    return () => {
      release();
      clearTimeout(card.patience);
      model.off("change:state", show);
      model.off("msg:custom", hear);
    };
  },
};
