// Handles: points of a panel that are taken and moved, by a press, a drag or the arrow keys.

/** Let the points `panel.handles.of` be moved; Python is told which one, and where to. */
function hold(panel) {
  const { canvas, hand } = panel;
  const { of, sets, upright } = panel.handles;
  let held = 0;
  const placed = () => {
    const box = canvas.getBoundingClientRect();
    return { box, ...scales(panel, box.width, box.height) };
  };
  const places = () => panel.scene?.arrays[of];
  const count = () => places()?.shape[0] ?? 0;

  /** Where handle i is, in pixels: where a hand has just put it, or where Python says. */
  const place = (i) => {
    const { x, y } = placed();
    const wish = hand.value(sets);
    const { data } = places();
    return wish?.[0] === i ? [x(wish[1]), y(wish[2])] : [x(data[2 * i]), y(data[2 * i + 1])];
  };

  const nearest = (px, py) => {
    const far = (i) => {
      const [x, y] = place(i);
      return Math.hypot(x - px, upright ? 0 : y - py);
    };
    return [...Array(count()).keys()].reduce((best, i) => (far(i) < far(best) ? i : best), 0);
  };

  const put = (px, py) => {
    const { clip, inverse } = placed();
    const [left, top, width, height] = clip;
    const inside = [Math.min(Math.max(px, left), left + width), Math.min(Math.max(py, top), top + height)];
    hand.player.stop();
    hand.set(sets, [held, ...inverse(...inside)]);
  };

  const drag = (event) => {
    const { box } = placed();
    put(event.clientX - box.left, event.clientY - box.top);
  };

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  Object.assign(canvas.style, { cursor: upright ? "ns-resize" : "crosshair", touchAction: "none" });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !count()) return;
    const { box } = placed();
    held = nearest(event.clientX - box.left, event.clientY - box.top);
    canvas.setPointerCapture(event.pointerId);
    drag(event);
  });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && drag(event));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ARROWS[event.key];
    if (event.key === " ") {
      if (!hand.toggle()) return;
    } else if (!step || !count()) return;
    else if (upright && step[0]) {
      held = (held + step[0] + count()) % count();
      hand.set(sets, [held, ...placed().inverse(...place(held))]); // taken, not moved
    } else {
      const [, , width, height] = placed().clip;
      const part = event.shiftKey ? 500 : 50; // of the panel, fine or coarse
      const [x, y] = place(held);
      put(x + (step[0] * width) / part, y - (step[1] * height) / part);
    }
    event.preventDefault();
  });
}
