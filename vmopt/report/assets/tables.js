// Tables of hosts and VMs. The library shows a page of rows; rows are found and sorted here, in columns, so that
// a table of 200,000 costs no more to open than one of 20.
const ROWS = 50;

function textOfVm(vm) {
  const why = vms.why[vm] < 0 ? "" : reasons[vms.why[vm]];
  return [vms.names[vm], hostName(vms.host[vm]), why, ...vms.labels.map((label) => labelOf(label, vm))].join("\n").toLowerCase();
}
const textOfHost = (host) => [hosts.names[host], ...hosts.labels.map((label) => labelOf(label, host))].join("\n").toLowerCase();

function lazily(n, make) {
  let made = null;
  return () => made ??= Array.from({length: n}, (_, row) => make(row));
}

function vmColumns() {
  const columns = [
    {title: "VM", of: (vm) => vms.names[vm], main: true},
    {title: "runs on", of: (vm) => hostName(vms.host[vm])},
  ];
  if (vms.current) columns.push({title: "ran on", of: (vm) => hostName(vms.current[vm])});
  if (reasons.length) columns.push({title: "why not", of: (vm) => vms.why[vm] < 0 ? "" : reasons[vms.why[vm]]});
  if (vms.priority) columns.push({title: "priority", of: (vm) => vms.priority[vm], numeric: true});
  columns.push({title: "value", of: (vm) => classes.value[vms.of[vm]], numeric: true});
  resources.forEach((name, k) => columns.push({title: name, of: (vm) => askedBy(vm, k), numeric: true}));
  if (vms.taken) resources.forEach((name, k) => columns.push({title: `gets ${name}`, of: (vm) => demandOf(vm, k), numeric: true}));
  vms.labels.forEach((label) => columns.push({title: label.name, of: (vm) => labelOf(label, vm)}));
  return columns;
}

function hostColumns() {
  const columns = [{title: "host", of: (host) => hosts.names[host], main: true},
    {title: "VMs", of: (host) => firstOf[host + 1] - firstOf[host], numeric: true}];
  resources.forEach((name, k) => {
    columns.push({title: `${name} used`, of: (host) => fullness[k][host], numeric: true, format: percent});
    columns.push({title: `${name} free`, of: (host) => hosts.capacity[k][host] - hosts.load[k][host], numeric: true});
  });
  hosts.labels.forEach((label) => columns.push({title: label.name, of: (host) => labelOf(label, host)}));
  return columns;
}

// Rows that match, in order: numbers by size, names as people count, both ways.
function arranged(source, sorters) {
  const rows = source.rows();
  const by = sorters.find((sorter) => source.columns[Number(sorter.field)]);
  if (!by) return rows;
  const column = source.columns[Number(by.field)];
  const keys = new Array(source.size);
  for (const row of rows) keys[row] = column.numeric ? column.of(row) : sortKey(column.of(row));
  const compare = column.numeric ? (a, b) => a - b : byKey;
  const way = by.dir === "desc" ? -1 : 1;
  return rows.slice().sort((a, b) => way * compare(keys[a], keys[b]) || a - b);
}

const sorted = new WeakMap();
function pageOf(source, page, sorters) {
  const key = `${source.version} ${JSON.stringify(sorters.map(({field, dir}) => [field, dir]))}`;
  if (sorted.get(source)?.key !== key) sorted.set(source, {key, rows: arranged(source, sorters)});
  const {rows} = sorted.get(source);
  const cells = (row) => Object.fromEntries(source.columns.map((column, n) => [n, column.of(row)]));
  const shownRows = rows.slice((page - 1) * ROWS, page * ROWS).map((row) => ({id: row, ...cells(row)}));
  return {data: shownRows, last_page: Math.max(1, Math.ceil(rows.length / ROWS)), last_row: rows.length};
}

function cellOf(column, value) {
  const text = !column.numeric ? shown(value) : column.format ? column.format(value) : figure(value);
  return document.createTextNode(text);
}

function makeTable(id, source, placeholder) {
  return new Tabulator(`#${id}`, {
    layout: "fitDataFill",
    maxHeight: "70vh",
    placeholder,
    pagination: true,
    paginationElement: byId(`${id}-pages`),  // buttons are no part of a grid
    paginationMode: "remote",
    paginationSize: ROWS,
    paginationButtonCount: 3,
    sortMode: "remote",
    ajaxURL: "here",
    ajaxRequestFunc: async (_, __, {page, sort}) => pageOf(source, page ?? 1, sort ?? []),
    dataLoader: false,
    columnDefaults: {headerSortTristate: true, maxInitialWidth: 340, minWidth: 70, headerTooltip: false},
    columns: source.columns.map((column, n) => ({
      title: shown(column.title), field: String(n), frozen: Boolean(column.main) && innerWidth > 700,
      hozAlign: column.numeric ? "right" : "left", headerHozAlign: column.numeric ? "right" : "left",
      titleFormatter: (head) => element("button", {type: "button", class: "sort", text: head.getValue()}),
      formatter: (drawn) => cellOf(column, drawn.getValue()),
    })),
  });
}

// What scrolls takes the focus, and so has to be the group of rows itself.
function label(table, what) {
  table.setAttribute("aria-label", `All ${what}`);
  const holder = table.querySelector(".tabulator-tableholder");
  holder.setAttribute("role", "rowgroup");
  holder.setAttribute("aria-label", `Rows of ${what}`);
  holder.querySelector(".tabulator-table").setAttribute("role", "presentation");
}

function startTable(id, source, words, inputs, matches) {
  const table = makeTable(id, source, `No ${words[1]} match.`);
  const count = byId(`${words[2]}-count`);
  let waiting = 0;
  const search = () => {
    const rows = [];
    const wanted = byId(inputs[0]).value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (let row = 0; row < source.size; row++) if (matches(row, wanted)) rows.push(row);
    source.rows = () => rows;
    source.version++;
    count.value = rows.length === source.size ? counted(rows.length, words[0], words[1])
      : `${wholeNumber.format(rows.length)} of ${counted(source.size, words[0], words[1])}`;
    return table.setPage(1);
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(search, 120); };
  table.on("tableBuilt", () => {
    label(byId(id), words[1]);
    for (const input of inputs) byId(input).addEventListener("input", soon);
    count.value = counted(source.size, words[0], words[1]);
  });
}
