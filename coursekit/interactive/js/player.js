// Which step is shown, and the buttons that change it; Python is not asked for any of them.

const MOTION = "(prefers-reduced-motion: reduce)";
const PLAY_SECONDS = 5; // for the whole path, however long
const FEW = 10; // pictures of the path for readers who want no motion

class Player {
  /** `moved(inFrame)` is called whenever another step is to be shown, when playing in a frame. */
  constructor(frame, moved, pace) {
    this.pace = pace; // steps a second, if it was told
    this.frames = 1;
    this.frame = 0;
    this.wanted = frame; // the step to begin with, the last unless told
    this.moved = moved;
    this.scrub = element("input", { type: "range", min: 0, max: 0, value: 0, step: 1 });
    this.scrub.setAttribute("aria-label", "step");
    this.scrub.addEventListener("input", () => this.show(+this.scrub.value));
    this.button = button("▶", "play", () => this.toggle());
    this.count = element("span", { className: "ck-number", ariaHidden: "true" });
    this.node = element("div", { className: "ck-player" }, [
      this.button,
      button("◀", "one step back", () => this.show(this.frame - 1)),
      button("▶❘", "one step forward", () => this.show(this.frame + 1)),
      this.scrub,
      this.count,
    ]);
  }

  get last() {
    return this.frames - 1;
  }

  /** A new scene: who was at the end stays at the end, unless it says what to show `now`. */
  setFrames(frames, now) {
    const atEnd = this.frame >= this.last;
    this.frames = frames;
    this.scrub.max = this.last;
    this.go(now ?? this.wanted ?? (atEnd ? this.last : this.frame));
    this.wanted = null;
  }

  show(frame) {
    this.stop();
    this.go(frame);
  }

  go(frame, inFrame = false) {
    this.frame = Math.min(Math.max(frame, 0), this.last);
    this.scrub.value = this.frame;
    this.count.textContent = `${this.frame} of ${this.last}`;
    this.moved(inFrame);
  }

  toggle() {
    if (this.playing) {
      this.stop();
      this.moved();
    } else this.start();
  }

  start() {
    let from = this.frame >= this.last ? 0 : this.frame;
    let began = performance.now();
    this.button.textContent = "❚❚";
    this.button.setAttribute("aria-label", "pause");
    const tick = (now) => {
      const pace = this.pace ?? Math.max(this.last / PLAY_SECONDS, 2); // frames a second
      const grain = window.matchMedia(MOTION).matches ? Math.ceil(this.last / FEW) : 1;
      const gone = Math.floor((((now - began) / 1000) * pace) / grain) * grain;
      this.playing = requestAnimationFrame(tick);
      if (from + gone >= this.last) this.show(this.last);
      else if (from + gone !== this.frame) this.go(from + gone, true);
    };
    this.playing = requestAnimationFrame(tick);
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.button.textContent = "▶";
    this.button.setAttribute("aria-label", "play");
  }
}
