// Lines, markers and names: what layers are made of, and the list of what is what.

const POINT = 100 / 72; // pixels; widths, dashes and sizes are in points, as Matplotlib's
const SEEN = 0.5; // points: a shorter arrow leads nowhere that could be seen
const SHORT = 4; // letters of a name that has room across its bar

/** The width, dashes and colour of a layer's line; `ratio` dots for each pixel. */
function stroke(context, layer, ratio) {
  context.strokeStyle = layer.colour;
  context.fillStyle = layer.colour;
  context.lineWidth = (layer.width ?? 1.4) * POINT * ratio;
  context.setLineDash((layer.dash ?? []).map((length) => length * POINT * ratio));
}

const MARKERS = {
  o: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  s: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  D: (c, x, y, r) => polygon(c, x, y, [0, -r, r, 0, 0, r, -r, 0]),
  "^": (c, x, y, r) => polygon(c, x, y, [0, -r, r, r, -r, r]),
  v: (c, x, y, r) => polygon(c, x, y, [0, r, r, -r, -r, -r]),
  P: (c, x, y, r) => cross(c, x, y, r, 0),
  X: (c, x, y, r) => cross(c, x, y, r, Math.PI / 4),
  "*": (c, x, y, r) => cross(c, x, y, 1.4 * r, Math.PI / 8),
};

function polygon(context, x, y, corners) {
  context.moveTo(x + corners[0], y + corners[1]);
  for (let i = 2; i < corners.length; i += 2) context.lineTo(x + corners[i], y + corners[i + 1]);
  context.closePath();
}

function cross(context, x, y, r, turn) {
  for (const angle of [turn, turn + Math.PI / 2]) {
    const [dx, dy] = [1.2 * r * Math.cos(angle), 1.2 * r * Math.sin(angle)];
    const [nx, ny] = [(-dy * 0.6) / 1.2, (dx * 0.6) / 1.2];
    polygon(context, x, y, [dx + nx, dy + ny, dx - nx, dy - ny, -dx - nx, -dy - ny, -dx + nx, -dy + ny]);
  }
}

/** A marker with a white edge; an `open` one shows what it stands on. */
function mark(context, layer, x, y, ratio, size = 5) {
  context.setLineDash([]);
  context.beginPath();
  (MARKERS[layer.marker] ?? MARKERS.o)(context, x, y, size * ratio);
  if (!layer.open) context.fill();
  context.strokeStyle = "white";
  context.lineWidth = (layer.open ? 4 : 1) * ratio;
  context.stroke();
  if (!layer.open) return;
  context.strokeStyle = layer.colour;
  context.lineWidth = 2 * ratio;
  context.stroke();
}

/** A layer's name, standing on a bar that ends at `y`, but not above `highest`; upright if it is
 *  wider than a bar has room for. */
function name(context, { label = "" }, x, y, highest, ratio) {
  context.font = `${11 * ratio}px sans-serif`;
  Object.assign(context, { textBaseline: "middle", fillStyle: "black", lineWidth: 3 * ratio });
  Object.assign(context, { strokeStyle: "white", lineJoin: "round" });
  context.setLineDash([]);
  const upright = label.length > SHORT;
  const tall = upright ? context.measureText(label).width : 11 * ratio;
  context.translate(x, Math.max(y, highest + tall + 4 * ratio) - tall / 2 - 3 * ratio);
  if (upright) context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.strokeText(label, 0, 0);
  context.fillText(label, 0, 0);
  context.resetTransform();
}

/** A short piece of a layer's line with its marker, for the list of what is what. */
function keyOf(layer) {
  const canvas = element("canvas", { width: 64, height: 28 });
  const context = canvas.getContext("2d");
  stroke(context, layer, 2);
  context.beginPath();
  context.moveTo(4, 14);
  context.lineTo(60, 14);
  context.stroke();
  if (layer.marker) mark(context, layer, 32, 14, 2, 4.5);
  return canvas;
}
