// The data of the page as columns, and what is asked of them.
const data = JSON.parse(document.getElementById("data").textContent);
const {hosts, vms, classes, resources, reasons} = data;
const nHosts = hosts.names.length;
const nVms = vms.names.length;
const byId = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");

// Characters that would move text about, or show nothing, are shown as escapes.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const MOST_LETTERS = 300;
const clipped = (text) => text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
const shown = (text) => clipped(text).replace(hidden, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");

const plainNumber = new Intl.NumberFormat("en", {maximumSignificantDigits: 6});
const shortNumber = new Intl.NumberFormat("en", {maximumSignificantDigits: 4});
const wholeNumber = new Intl.NumberFormat("en");
// From ten millions on, such as bytes, in millions and so on: digits that are cut off would look as if they were meant.
const large = [["E", 1e18], ["P", 1e15], ["T", 1e12], ["G", 1e9], ["M", 1e6]];
function figure(x) {
  const [letter, size] = Math.abs(x) < 1e7 ? ["", 1] : large.find(([, unit]) => Math.abs(x) >= unit);
  return letter ? `${shortNumber.format(x / size)} ${letter}` : plainNumber.format(x);
}
const counted = (n, one, many) => `${wholeNumber.format(n)} ${n === 1 ? one : many}`;
const percent = (x) => (100 * x).toFixed(x > 0 && x < 0.001 ? 2 : 1) + " %";

// Load over capacity of each host, by resource; last of all, that of its fullest resource.
const fullness = resources.map((_, k) =>
  Float64Array.from(hosts.names, (_, h) => hosts.capacity[k][h] > 0 ? hosts.load[k][h] / hosts.capacity[k][h] : 0));
fullness.push(Float64Array.from(hosts.names, (_, h) => Math.max(0, ...resources.map((_, k) => fullness[k][h]))));

// VMs of each host: those of host h stand in vmsByHost from firstOf[h] to firstOf[h + 1].
const firstOf = new Int32Array(nHosts + 1);
for (const host of vms.host) if (host >= 0) firstOf[host + 1]++;
for (let h = 0; h < nHosts; h++) firstOf[h + 1] += firstOf[h];
const vmsByHost = new Int32Array(firstOf[nHosts]);
const filled = firstOf.slice();
vms.host.forEach((host, vm) => { if (host >= 0) vmsByHost[filled[host]++] = vm; });
const vmsOn = (host) => vmsByHost.subarray(firstOf[host], firstOf[host + 1]);

const demandOf = (vm, k) => vms.taken ? vms.taken[k][vm] : classes.demand[k][vms.of[vm]];
const askedBy = (vm, k) => classes.demand[k][vms.of[vm]];
const hostName = (host) => host < 0 ? "" : hosts.names[host];
const labelOf = (label, row) => label.of[row] < 0 ? "" : label.values[label.of[row]];
// Keys that sort as people count: vm-9 before vm-10. Far quicker than a collator.
const sortKey = (text) => text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
const byKey = (a, b) => a < b ? -1 : a > b ? 1 : 0;

function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  const {text, style, ...attributes} = options;
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const [name, value] of Object.entries(style ?? {})) made.style.setProperty(name, value);
  made.append(...children);
  return made;
}
