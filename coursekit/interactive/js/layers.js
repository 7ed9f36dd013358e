// What moves: layers drawn over a picture that Matplotlib has drawn once.
//
// A layer is { panel, kind, of, … }; `of` names an array of the scene, with a row for every
// frame. All numbers come from Python; here they only find their pixels.

const FAR = 1e6; // pixels; a canvas drops a line that goes much further

/** Pixels of a panel's canvas for data coordinates, along one axis; `log` as Matplotlib's. */
function scale([low, high], log, from, to) {
  const place = log ? (v) => Math.log(Math.max(v, Number.MIN_VALUE)) : (v) => v; // 0 is far below
  const a = place(low);
  const b = place(high);
  const far = (pixel) => Math.min(Math.max(pixel, -FAR), FAR);
  return (v) => far(from + ((place(v) - a) / (b - a)) * (to - from));
}

/** The scales of a panel, and their inverse, for a canvas of width × height pixels. */
function scales(panel, width, height) {
  const [left, bottom, w, h] = panel.axes; // shares of the picture, from its lower left
  const from = { x: left * width, y: (1 - bottom) * height };
  const to = { x: (left + w) * width, y: (1 - bottom - h) * height };
  const x = scale(panel.xlim, panel.xlog, from.x, to.x);
  const y = scale(panel.ylim, panel.ylog, from.y, to.y);
  const back = ([low, high], log, a, b, pixel) => {
    const share = (pixel - a) / (b - a);
    return log ? low * (high / low) ** share : low + share * (high - low);
  };
  return {
    x,
    y,
    clip: [from.x, to.y, to.x - from.x, from.y - to.y],
    inverse: (px, py) => [
      back(panel.xlim, panel.xlog, from.x, to.x, px),
      back(panel.ylim, panel.ylog, from.y, to.y, py),
    ],
  };
}

const ROOM = 50; // pixels around the canvas

/** From which share of the way from a to b on it lies between low and high, and until which. */
function between(a, b, low, high) {
  if (a === b) return low <= a && a <= high ? [0, 1] : [1, 0];
  const [one, other] = [(low - a) / (b - a), (high - a) / (b - a)];
  return one < other ? [one, other] : [other, one];
}

/** Join the pixels `at(0)` to `at(count - 1)`, but for what lies far outside of the canvas: to dash
 * a line of a million pixels, as a path that diverges has them, takes a third of a second. */
function join(context, count, at) {
  const { width, height } = context.canvas;
  let from = null;
  let down = false; // whether the pen is there
  for (let i = 0; i < count; i++) {
    const to = at(i);
    if (Number.isNaN(to[0] + to[1])) continue;
    if (from) {
      const [enterX, leaveX] = between(from[0], to[0], -ROOM, width + ROOM);
      const [enterY, leaveY] = between(from[1], to[1], -ROOM, height + ROOM);
      const enter = Math.max(0, enterX, enterY);
      const leave = Math.min(1, leaveX, leaveY);
      const place = (share) => from.map((v, k) => (share === 1 ? to[k] : v + share * (to[k] - v)));
      if (enter < leave) {
        if (!down || enter > 0) context.moveTo(...place(enter));
        context.lineTo(...place(leave));
      }
      down = enter < leave && leave === 1;
    }
    from = to;
  }
}

/** How each kind of layer is drawn: (context, layer, array, frame, scales, ratio). */
const DRAW = {
  /** Points (frames, 2) joined up to this frame, with a marker at it. */
  path(context, layer, { data, shape }, frame, { x, y }, ratio) {
    const last = Math.min(frame, shape[0] - 1);
    stroke(context, layer, ratio);
    context.beginPath();
    join(context, last + 1, (i) => [x(data[2 * i]), y(data[2 * i + 1])]);
    context.stroke();
    mark(context, layer, x(data[2 * last]), y(data[2 * last + 1]), ratio);
  },

  /** Points (frames, 2): those up to this frame bold, the others pale. */
  trail(context, layer, array, frame, placed, ratio) {
    context.globalAlpha = 0.3;
    DRAW.path(context, layer, array, array.shape[0] - 1, placed, ratio);
    context.globalAlpha = 1;
    DRAW.path(context, layer, array, frame, placed, ratio);
    const last = Math.min(frame, array.shape[0] - 1);
    for (let i = 0; i < last; i++) {
      context.fillStyle = layer.colour;
      mark(context, layer, placed.x(array.data[2 * i]), placed.y(array.data[2 * i + 1]), ratio, 3);
    }
  },

  /** Values (frames,) against the frame's number: all of them pale, up to this frame bold. */
  curve(context, layer, { data, shape }, frame, { x, y }, ratio) {
    for (const [end, alpha] of [[shape[0] - 1, 0.3], [Math.min(frame, shape[0] - 1), 1]]) {
      context.globalAlpha = alpha;
      stroke(context, layer, ratio);
      context.beginPath();
      join(context, end + 1, (i) => [x(i), y(data[i])]);
      context.stroke();
    }
    context.globalAlpha = 1;
    const at = Math.min(frame, shape[0] - 1);
    mark(context, layer, x(at), y(data[at]), ratio, 4);
  },

  /** A polyline (n, 2) that does not change from frame to frame. */
  line(context, layer, { data, shape }, frame, { x, y }, ratio) {
    stroke(context, layer, ratio);
    context.beginPath();
    join(context, shape[0], (i) => [x(data[2 * i]), y(data[2 * i + 1])]);
    context.stroke();
  },

  /** Markers at points (n, 2). */
  points(context, layer, { data, shape }, frame, { x, y }, ratio) {
    stroke(context, layer, ratio);
    for (let i = 0; i < shape[0]; i++) {
      context.fillStyle = layer.colour;
      mark(context, layer, x(data[2 * i]), y(data[2 * i + 1]), ratio, layer.size ?? 5);
    }
  },

  /** An arrow for each frame, (frames, 4): from x, y to x, y, at `least` so many points long. */
  arrow(context, layer, { data, shape }, frame, { x, y }, ratio) {
    const i = 4 * Math.min(frame, shape[0] - 1);
    const [a, b, c, d] = [x(data[i]), y(data[i + 1]), x(data[i + 2]), y(data[i + 3])];
    const far = Math.hypot(c - a, d - b);
    if (!(far > SEEN * POINT * ratio)) return;
    const length = Math.max(far, (layer.least ?? 0) * POINT * ratio);
    const [toX, toY] = [a + ((c - a) * length) / far, b + ((d - b) * length) / far];
    stroke(context, { ...layer, dash: [] }, ratio);
    context.beginPath();
    context.moveTo(a, b);
    context.lineTo(toX, toY);
    const head = Math.min(8 * ratio, length / 2) / far;
    const [dx, dy] = [(c - a) * head, (d - b) * head];
    polygon(context, toX, toY, [0, 0, -dx - dy / 2, -dy + dx / 2, -dx + dy / 2, -dy - dx / 2]);
    context.stroke();
    context.fill();
  },

  /** For each frame a bar for each of n places, (frames, n), at x = offset, offset + 1, … */
  bars(context, layer, { data, shape }, frame, { x, y, clip }, ratio) {
    const [row, n] = [Math.min(frame, shape[0] - 1), shape[1]];
    const wide = (x(1) - x(0)) * (layer.share ?? 0.3);
    const [highest, lowest] = [clip[1], clip[1] + clip[3]];
    stroke(context, layer, ratio);
    for (let i = 0; i < n; i++) {
      const value = data[row * n + i];
      if (Number.isNaN(value)) continue;
      context.fillStyle = layer.colour;
      const left = x(i + (layer.offset ?? 0)) - wide / 2;
      const floor = layer.floor === undefined ? lowest : y(layer.floor);
      const top = Math.min(Math.max(y(value), highest), lowest);
      context.fillRect(left, top, wide, floor - top);
      if (layer.named) name(context, layer, left + wide / 2, top, highest, ratio);
    }
  },

  /** For each frame one polyline (frames, n, 2); a point that is not a number lifts the pen. */
  strokes(context, layer, { data, shape }, frame, { x, y }, ratio) {
    const n = shape[1];
    const first = Math.min(frame, shape[0] - 1) * n;
    let down = false;
    stroke(context, layer, ratio);
    context.beginPath();
    for (let i = first; i < first + n; i++) {
      const [px, py] = [x(data[2 * i]), y(data[2 * i + 1])];
      if (down) context.lineTo(px, py);
      else context.moveTo(px, py);
      down = Number.isFinite(px) && Number.isFinite(py);
    }
    context.stroke();
  },

  /** For each frame n closed outlines of k corners, (frames, n, k, 2), filled palely. */
  outlines(context, layer, { data, shape }, frame, { x, y }, ratio) {
    const [, n, k] = shape;
    const first = Math.min(frame, shape[0] - 1) * n * k;
    stroke(context, layer, ratio);
    for (let i = first; i < first + n * k; i += k) {
      context.beginPath();
      for (let j = i; j < i + k; j++) context.lineTo(x(data[2 * j]), y(data[2 * j + 1]));
      context.closePath();
      context.globalAlpha = 0.2;
      context.fill();
      context.globalAlpha = 1;
      context.stroke();
    }
  },

  /** n numbers for each frame, (frames, n), at the places `at`, each from its frame `since` on. */
  text(context, layer, { data, shape }, frame, { x, y }, ratio) {
    const n = shape[1];
    const first = Math.min(frame, shape[0] - 1) * n;
    const pixels = layer.size * POINT * ratio;
    context.font = `${layer.slanted ? "italic " : ""}${pixels}px "DejaVu Sans", Verdana, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = layer.below ? "top" : "bottom";
    context.fillStyle = layer.colour;
    layer.at.forEach(([px, py], i) => {
      if (frame >= layer.since[i]) context.fillText(Number.isNaN(data[first + i]) ? "nan" : words(data[first + i]), x(px), y(py));
    });
  },

  /** 1, 2, … in a ring at points (n, 2). */
  numbers(context, layer, { data, shape }, frame, { x, y }, ratio) {
    context.font = `bold ${11 * ratio}px sans-serif`;
    Object.assign(context, { textAlign: "center", textBaseline: "middle", lineWidth: ratio });
    for (let i = 0; i < shape[0]; i++) {
      const [px, py] = [x(data[2 * i]), y(data[2 * i + 1])];
      context.beginPath();
      context.arc(px, py, 8 * ratio, 0, 2 * Math.PI);
      context.fillStyle = "white";
      context.fill();
      context.strokeStyle = context.fillStyle = "black";
      context.stroke();
      context.fillText(i + 1, px, py);
    }
  },

  /** For each frame a picture of the plane, (frames, rows, columns, 4), bytes, upper row first,
   *  over `box` (x from, to, y from, to) in data coordinates, the whole panel unless given. With
   *  `shades`, 256 colours (red, green, blue, opacity), it is (frames, rows, columns), their numbers. */
  raster(context, layer, { data, shape }, frame, { x, y, clip }) {
    const [rows, columns] = [shape[1], shape[2]];
    const size = rows * columns * (layer.shades ? 1 : 4);
    const start = Math.min(frame, shape[0] - 1) * size;
    const bytes = data.slice(start, start + size);
    const small = new OffscreenCanvas(columns, rows);
    const pixels = new ImageData(columns, rows);
    if (layer.shades) bytes.forEach((number, i) => pixels.data.set(layer.shades[number], 4 * i));
    else pixels.data.set(bytes);
    small.getContext("2d").putImageData(pixels, 0, 0);
    const [a, b, c, d] = layer.box ?? [];
    context.imageSmoothingEnabled = Boolean(layer.smooth); // or the cells keep their edges
    context.drawImage(small, ...(layer.box ? [x(a), y(d), x(b) - x(a), y(c) - y(d)] : clip));
  },
};
