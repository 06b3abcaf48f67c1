// The stack of one host: who takes how much of what.
const MOST_IN_STACK = 24;
const MOST_LISTED = 8;
const tones = 8;

function hostWords(host) {
  const parts = resources.map((name, k) => `${shown(name)} ${percent(fullness[k][host])}`);
  const labels = hosts.labels.map((label) => labelOf(label, host) && `; ${shown(label.name)} ${shown(labelOf(label, host))}`);
  return `${shown(hosts.names[host])}: ${parts.join(", ")}; ${counted(vmsOn(host).length, "VM", "VMs")}${labels.join("")}`;
}

// Those that take most of any resource first.
function stackOf(host) {
  const part = (vm) => Math.max(...resources.map((_, k) => hosts.capacity[k][host] > 0 ? demandOf(vm, k) / hosts.capacity[k][host] : 0));
  return Array.from(vmsOn(host), (vm) => [vm, part(vm)]).sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([vm]) => vm);
}

function stackBar(host, k, stack) {
  const has = hosts.capacity[k][host];
  const track = element("div", {class: "track pieces", "aria-hidden": "true"});
  let rest = hosts.load[k][host];
  stack.slice(0, MOST_IN_STACK).forEach((vm, place) => {
    const takes = demandOf(vm, k);
    rest -= takes;
    if (takes > 0 && has > 0) {
      const title = `${shown(vms.names[vm])}: ${figure(takes)}`;
      track.append(element("span", {class: `piece tone-${place % tones}`, title, style: {width: `${100 * takes / has}%`}}));
    }
  });
  if (stack.length > MOST_IN_STACK && has > 0) {
    track.append(element("span", {class: "piece rest", title: "others", style: {width: `${Math.max(0, 100 * rest / has)}%`}}));
  }
  const amount = `${figure(hosts.load[k][host])} of ${figure(has)}`;
  const line = element("div", {class: "line"}, element("span", {class: "name", text: shown(resources[k])}),
    element("span", {class: "amount"}, element("strong", {text: percent(fullness[k][host])}), ` ${amount}`));
  return element("li", {}, line, track);
}

// On a page with a form that moves VMs, a name is a button that fills it in.
function nameOf(vm) {
  const mover = document.querySelector("form [name=vm]");
  if (!mover) return element("span", {class: "vm", text: shown(vms.names[vm])});
  const button = element("button", {type: "button", class: "vm pick", text: shown(vms.names[vm])});
  button.addEventListener("click", () => { mover.value = vms.names[vm]; mover.focus(); });
  return button;
}

function stackLegend(stack) {
  const list = element("ol", {class: "legend"});
  stack.slice(0, MOST_LISTED).forEach((vm, place) => {
    const takes = resources.map((name, k) => `${figure(demandOf(vm, k))} ${shown(name)}`).join(", ");
    list.append(element("li", {}, element("span", {class: `swatch tone-${place % tones}`}),
      nameOf(vm), element("span", {class: "takes", text: takes})));
  });
  const left = stack.length - MOST_LISTED;
  if (left > 0) list.append(element("li", {class: "note", text: `and ${counted(left, "VM", "VMs")} more`}));
  return list;
}

function showStack(host) {
  const stack = stackOf(host);
  const bars = element("ul", {class: "bars"}, ...resources.map((_, k) => stackBar(host, k, stack)));
  const title = element("h3", {text: shown(hosts.names[host])});
  const many = element("p", {class: "note", text: counted(stack.length, "VM", "VMs")});
  byId("stack").replaceChildren(title, many, bars, stackLegend(stack));
}
