// The heat map: one cell a host, drawn on a canvas, gone through with a mouse or with arrow keys.
const heat = byId("heat");
const GAP = 2;
const LIGHT = [[234, 242, 251], [158, 202, 225], [84, 158, 208], [33, 113, 181], [13, 62, 128]];
const DARK = [[33, 44, 60], [35, 83, 130], [46, 128, 190], [88, 162, 222], [142, 203, 247]];
let order = [], rankOf = new Int32Array(nHosts), cell = 8, perRow = 1, chosen = 0, printing = false;

function colour(x) {
  const map = dark.matches && !printing ? DARK : LIGHT;
  const at = Math.min(1, Math.max(0, x)) * (map.length - 1);
  const low = Math.min(map.length - 2, Math.floor(at));
  return map[low].map((from, c) => Math.round(from + (at - low) * (map[low + 1][c] - from)));
}
const css = (rgb) => `rgb(${rgb.join(",")})`;
const inkOn = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#10161f" : "#ffffff";
const measured = () => fullness[Number(byId("heat-by").value)];

// Hosts by fullness, by name, or label by label with the fullest first in each.
function sortHosts() {
  const by = measured();
  const wanted = byId("heat-order").value;
  const label = hosts.labels[Number(wanted)];
  const textOf = wanted === "full" ? () => "" : label ? (h) => labelOf(label, h) : (h) => hosts.names[h];
  const keys = hosts.names.map((_, h) => sortKey(textOf(h)));
  order = Array.from(hosts.names, (_, h) => h);
  order.sort((a, b) => byKey(keys[a], keys[b]) || by[b] - by[a] || a - b);
  order.forEach((host, rank) => { rankOf[host] = rank; });
}

// Cells are as large as lets all of them stand in about a screen.
function layOut() {
  const width = heat.parentElement.clientWidth;
  cell = Math.floor(Math.min(64, Math.max(6, Math.sqrt(width * 340 / nHosts))));
  perRow = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
  const height = Math.ceil(nHosts / perRow) * (cell + GAP);
  const ratio = Math.max(1, devicePixelRatio);
  heat.width = width * ratio;
  heat.height = height * ratio;
  heat.style.height = `${height}px`;
  heat.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
}

function paint() {
  layOut();
  for (let rank = 0; rank < nHosts; rank++) paintCell(rank);
}

function paintCell(rank) {
  const pen = heat.getContext("2d");
  const [x, y] = cornerOf(rank);
  const share = measured()[order[rank]];
  const rgb = colour(share);
  if (!printing) pen.clearRect(x, y, cell, cell);  // on paper it would take away the page below
  pen.fillStyle = css(rgb);
  pen.beginPath();
  pen.roundRect(x, y, cell, cell, Math.min(6, cell / 5));
  pen.fill();
  if (cell >= 40) write(pen, `${Math.round(100 * share)}`, inkOn(rgb), x, y);
  if (rank === chosen) outline(pen, x, y);
}

function write(pen, text, ink, x, y) {
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = ink;
  pen.fillText(text, x + cell / 2, y + cell / 2);
}

const cornerOf = (rank) => [(rank % perRow) * (cell + GAP), Math.floor(rank / perRow) * (cell + GAP)];

function outline(pen, x, y) {
  pen.lineWidth = 3;
  pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--mark");
  pen.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
}

function paintScale() {
  const scale = byId("heat-scale");
  const pen = scale.getContext("2d");
  for (let x = 0; x < scale.width; x++) {
    pen.fillStyle = css(colour(x / scale.width));
    pen.fillRect(x, 0, 1, scale.height);
  }
}

function choose(rank) {
  const before = chosen;
  chosen = Math.min(nHosts - 1, Math.max(0, rank));
  heat.setAttribute("aria-valuenow", chosen + 1);
  heat.setAttribute("aria-valuetext", hostWords(order[chosen]));
  showStack(order[chosen]);
  paintCell(before);
  paintCell(chosen);
}

function rankAt(event) {
  const column = Math.floor(event.offsetX / (cell + GAP));
  const rank = Math.floor(event.offsetY / (cell + GAP)) * perRow + column;
  return column < perRow && rank >= 0 && rank < nHosts ? rank : -1;
}

function hover(event) {
  const rank = rankAt(event);
  const tip = byId("heat-tip");
  tip.hidden = rank < 0;
  if (rank < 0) return;
  tip.textContent = hostWords(order[rank]);
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 18}px`;
  if (rank !== chosen) choose(rank);
}

function step(event) {
  const by = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow, Home: -nHosts, End: nHosts}[event.key];
  if (by === undefined) return;
  event.preventDefault();
  choose(chosen + by);
}

function findHost() {
  const wanted = byId("heat-find").value.trim().toLowerCase();
  if (!wanted) return;
  const exact = hosts.names.findIndex((name) => name.toLowerCase() === wanted);
  const found = exact >= 0 ? exact : hosts.names.findIndex((name) => name.toLowerCase().includes(wanted));
  if (found >= 0) choose(rankOf[found]);
}

function anew() {
  sortHosts();
  paint();
  choose(0);
}

function startHeat() {
  const names = [...resources.map(shown), "fullest resource"];
  byId("heat-by").append(...names.map((text, k) => element("option", {value: k, text})));
  byId("heat-by").value = resources.length;
  byId("heat-order").append(...hosts.labels.map((label, n) => element("option", {value: n, text: `by ${shown(label.name)}`})));
  heat.setAttribute("aria-valuemax", nHosts);
  for (const id of ["heat-by", "heat-order"]) byId(id).addEventListener("change", anew);
  byId("heat-find").addEventListener("input", findHost);
  heat.addEventListener("mousemove", hover);
  heat.addEventListener("mouseleave", () => { byId("heat-tip").hidden = true; });
  heat.addEventListener("keydown", step);
  new ResizeObserver(() => paint()).observe(heat.parentElement);
  const repaint = (now) => { printing = now; paint(); paintScale(); };
  dark.addEventListener("change", () => repaint(false));
  addEventListener("beforeprint", () => repaint(true));
  addEventListener("afterprint", () => repaint(false));
  anew();
  paintScale();
}
