// Asking Python: one question at a time; while it works, only the last wish is kept.

const PATIENCE = 4000; // milliseconds until the reader is told that no answer comes
const REST = 200; // milliseconds without a new wish until the slow part is asked for

class Conversation {
  /** `wish()` gives what to ask; `settle`, `answer`, `busy` and `silence` are told what comes of it. */
  constructor(model, told) {
    this.model = model;
    this.told = told;
    this.view = Math.random().toString(36).slice(2); // one explorer may be shown twice
    this.asked = 0;
    this.waiting = false;
    this.stale = false;
    this.listen = (content, buffers) => this.hear(content, buffers);
    model.on("msg:custom", this.listen);
  }

  ask() {
    clearTimeout(this.rest);
    const patient = performance.now() - this.since < PATIENCE;
    if (this.waiting && patient) this.stale = true;
    else this.send(false); // a question that was lost with its kernel does not block the next
  }

  send(later) {
    this.waiting = true;
    this.stale = false;
    this.since = performance.now();
    this.told.busy(true);
    clearTimeout(this.alarm);
    this.alarm = setTimeout(() => this.told.silence(), PATIENCE);
    try {
      this.model.send({ ask: `${this.view}/${++this.asked}`, later, ...this.told.wish() });
    } catch {
      clearTimeout(this.alarm); // the kernel that knew this explorer is gone
      this.waiting = false;
      this.told.busy(false);
      this.told.silence(true);
    }
  }

  hear(content, buffers) {
    if (content.answers !== `${this.view}/${this.asked}`) return; // for another view, or too late
    clearTimeout(this.alarm);
    this.waiting = false;
    this.told.settle(content.values ?? {}); // first: the next question builds on them
    const overtaken = this.stale;
    if (overtaken) this.send(false); // at once: Python computes while this answer is drawn
    if (!(overtaken && content.later)) this.told.answer(content, buffers);
    if (overtaken) return;
    if (content.more) this.rest = setTimeout(() => this.send(true), REST);
    else this.told.busy(false);
  }

  end() {
    clearTimeout(this.alarm);
    clearTimeout(this.rest);
    this.model.off("msg:custom", this.listen);
  }
}
