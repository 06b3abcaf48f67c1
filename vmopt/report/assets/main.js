// What is seen first is drawn first; the table of VMs waits until it comes near.
function startTables() {
  const vmText = lazily(nVms, textOfVm);
  const hostText = lazily(nHosts, textOfHost);
  const all = (n) => lazily(n, (row) => row);
  const vmSource = {columns: vmColumns(), size: nVms, rows: all(nVms), version: 0};
  const hostSource = {columns: hostColumns(), size: nHosts, rows: all(nHosts), version: 0};
  const has = (texts, row, wanted) => wanted.every((word) => texts()[row].includes(word));
  const kept = {all: () => true, runs: (vm) => vms.host[vm] >= 0, left: (vm) => vms.host[vm] < 0};
  const matches = (vm, wanted) => kept[byId("vm-show").value](vm) && has(vmText, vm, wanted);
  whenNear("host-table", () => startTable("host-table", hostSource, ["host", "hosts", "host"], ["host-search"],
    (host, wanted) => has(hostText, host, wanted)));
  whenNear("vm-table", () => startTable("vm-table", vmSource, ["VM", "VMs", "vm"], ["vm-search", "vm-show"], matches));
}

function whenNear(id, start) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    start();
  }, {rootMargin: "800px"});
  watch.observe(byId(id));
  addEventListener("beforeprint", () => { watch.disconnect(); }, {once: true});
}

// In a frame of a notebook there is no server: forms are handed to whoever holds the frame.
if (parent !== window) {
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    parent.postMessage({vmopt: Object.fromEntries(new FormData(event.target))}, "*");
  });
}

if (nHosts) startHeat();
startTables();
document.documentElement.dataset.ready = "yes";
