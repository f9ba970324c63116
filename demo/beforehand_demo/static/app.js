// Tallybrook in the browser: navigation without reloads, forms by fetch, messages at the fields.
const support = (...words) => window.Beforehand && window.Beforehand(...words);
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
};
const UNREACHABLE = "Tallybrook could not be reached. Check your connection and try again.";
const FAILED = "Something went wrong on our side.";
const main = () => document.querySelector("main");

// --- pages ---

async function show(address, how = "push") {
  main().setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = await fetch(address, { headers: { "X-Tallybrook": "fragment" } });
  } catch {
    main().removeAttribute("aria-busy");
    return alertBar(UNREACHABLE);
  }
  if (answer.status === 401) return location.assign("/login?again=1");
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!next) return location.assign(address);
  const landed = new URL(answer.url);
  main().replaceWith(next);
  const place = landed.pathname + landed.search;
  if (how === "push" && place !== location.pathname + location.search) history.pushState(null, "", place);
  if (how === "replace" || (how === "push" && landed.pathname !== new URL(address, location.href).pathname)) history.replaceState(null, "", place);
  arrive(true);
}

function arrive(focus) {
  const page = main();
  document.title = `${page.dataset.title} · Tallybrook`;
  for (const link of document.querySelectorAll(".side a")) {
    link.toggleAttribute("aria-current", false);
    if (link.dataset.nav === page.dataset.nav) link.setAttribute("aria-current", "page");
  }
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = page.dataset[count.parentElement.dataset.nav] ?? count.textContent;
    count.hidden = count.textContent === "0";
  }
  document.body.classList.remove("menu-open");
  recount();
  support("setContext", JSON.parse(page.dataset.context || "{}"));
  if (!focus) return;
  page.querySelector(".body")?.scrollTo(0, 0);
  page.querySelector("h1")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    const to = new URL(link.href);
    const inside = to.origin === location.origin && !link.hasAttribute("download") && !link.target && document.querySelector(".side");
    if (inside && link.getAttribute("href").startsWith("#")) {
      event.preventDefault();
      document.getElementById(to.hash.slice(1))?.focus();
    } else if (inside) {
      event.preventDefault();
      show(to.pathname + to.search);
    }
  }
  if (event.target.closest("#menu")) document.body.classList.toggle("menu-open");
  else if (event.target.closest("#scrim")) document.body.classList.remove("menu-open");
  if (event.target.closest("#add-item")) addItem();
});
addEventListener("popstate", () => show(location.pathname + location.search, "none"));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("menu-open");
});

// --- forms ---

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "get") {
    if (!document.querySelector(".side")) return;
    event.preventDefault();
    return show(`${new URL(form.action).pathname}?${new URLSearchParams(new FormData(form))}`, "replace");
  }
  event.preventDefault();
  const button = event.submitter;
  if (form.dataset.only && form.querySelector("select")?.selectedOptions[0]?.dataset.status !== form.dataset.only) return;
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  clearErrors();
  try {
    await send(form, button);
  } finally {
    delete form.dataset.busy;
  }
});

async function send(form, button) {
  let answer;
  const action = button?.getAttribute("formaction") || form.getAttribute("action") || location.pathname;
  try {
    answer = await fetch(action, { method: "POST", body: new FormData(form, button), headers: { "X-Tallybrook": "form" } });
  } catch {
    return alertBar(UNREACHABLE);
  }
  if ((answer.headers.get("content-type") || "").startsWith("text/csv")) return download(answer);
  const body = await answer.json().catch(() => ({ alert: FAILED }));
  if (answer.status === 401 && document.querySelector(".side")) return location.assign("/login?again=1");
  if (answer.ok) return succeed(form, body);
  if (body.errors) return fieldErrors(form, body);
  alertBar(body.alert || FAILED, body.detail);
}

async function succeed(form, { to, said, track, reveal }) {
  if (track) support("track", track);
  if (form.dataset.leaves) support("reset");
  if (reveal) {
    await show(location.pathname, "none");
    const box = document.getElementById("reveal");
    box.hidden = false;
    box.querySelector("pre").textContent = reveal;
    return saved(said);
  }
  if (!document.querySelector(".side") || form.dataset.leaves) return location.assign(to);
  await show(to);
  saved(said);
}

async function download(answer) {
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "")?.[1] || "export.csv";
  const address = URL.createObjectURL(await answer.blob());
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  saved(`${name} was downloaded.`);
}

function saved(said) {
  if (!said) return;
  const now = new Date();
  const clock = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  const line = document.getElementById("saved");
  if (line) line.textContent = `${said} ${clock}`;
}

function alertBar(words, detail) {
  const bar = document.getElementById("alert");
  const text = make("span", {}, words);
  if (detail) text.append(make("span", { class: "small muted block" }, detail));
  bar.replaceChildren(icon("alert"), text);
  bar.hidden = false;
  bar.scrollIntoView({ block: "nearest" });
}

function clearErrors() {
  const bar = document.getElementById("alert");
  if (bar) { bar.hidden = true; bar.replaceChildren(); }
  document.querySelectorAll("p.error, ul.faults").forEach((node) => node.remove());
  document.querySelectorAll("[aria-invalid]").forEach((field) => {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    field.classList.remove("bad");
  });
}

function fieldErrors(form, { subject, errors }) {
  const fields = [...new Map(errors.map((error) => [error.id, error])).values()];
  const links = fields.flatMap((error, place) => [place ? ", " : "", make("a", { href: `#${error.id}` }, error.label)]);
  const count = fields.length === 1 ? "One field needs" : `${fields.length} fields need`;
  const bar = document.getElementById("alert");
  bar.replaceChildren(icon("alert"), make("span", {}, `${subject} ${count} your attention: `, ...links, "."));
  bar.hidden = false;
  for (const error of fields) mark(form, error, errors.filter((other) => other.id === error.id));
  document.getElementById(fields[0].id)?.focus();
}

function mark(form, error, all) {
  const field = document.getElementById(error.id) || form.querySelector(`[name="${error.id}"]`);
  if (!field) return;
  const note = make("p", { class: "error", id: `${error.id}-e` }, icon("alert"), make("span", {}, error.message));
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", note.id);
  field.classList.add("bad");
  const fold = field.closest("details");
  if (fold && error.id !== "budget") fold.open = true;
  const holder = field.closest(".field, td") || field.parentElement;
  holder.append(note);
  if (all.length > 1) holder.append(make("ul", { class: "faults" }, ...all.slice(1).map((one) => make("li", {}, one.message))));
}

// --- items of an invoice or quote; country and VAT number follow the customer ---

function addItem() {
  const rows = document.getElementById("items");
  const place = rows.children.length;
  const row = document.getElementById("item-row").content.firstElementChild.cloneNode(true);
  row.querySelectorAll("[name]").forEach((field) => {
    field.id = `${field.name}-${place}`;
    field.setAttribute("aria-label", `${field.getAttribute("aria-label")} ${place + 1}`);
  });
  rows.append(row);
  row.querySelector("input").focus();
}

// As the server computes it: VAT once per rate, on the sum. What cannot be read yet counts nothing.
function recount() {
  const sums = document.getElementById("sums");
  if (!sums) return;
  const number = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN);
  const money = (cents) => `€${(cents / 100).toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const net = new Map();
  for (const row of document.getElementById("items").children) {
    const amount = Math.round(number(row.querySelector('[name="qty"]').value) * number(row.querySelector('[name="price"]').value) * 100);
    row.querySelector("[data-amount]").textContent = Number.isNaN(amount) ? "" : money(amount);
    const rate = Number(row.querySelector('[name="vat"]').value);
    net.set(rate, (net.get(rate) || 0) + (amount || 0));
  }
  const rates = [...net].sort(([a], [b]) => b - a).map(([rate, cents]) => [`VAT ${rate} %`, Math.round((cents * rate) / 100)]);
  const subtotal = [...net.values()].reduce((a, b) => a + b, 0);
  const total = rates.reduce((sum, [, tax]) => sum + tax, subtotal);
  const line = ([label, cents], more = {}) => [make("dt", more, label), make("dd", more, money(cents))];
  sums.replaceChildren(...line(["Subtotal", subtotal]), ...rates.flatMap((rate) => line(rate)), ...line(["Total", total], { class: "t" }));
}
document.addEventListener("input", (event) => { if (event.target.closest("#items")) recount(); });

document.addEventListener("change", (event) => {
  const chosen = event.target.id === "customer_id" && event.target.selectedOptions[0];
  if (!chosen || !chosen.dataset.country) return;
  const country = document.getElementById("country");
  const vat = document.getElementById("vat_number");
  if (country) country.value = chosen.dataset.country;
  if (vat && !vat.value) vat.value = chosen.dataset.vat;
});
document.addEventListener("change", (event) => {
  if (event.target.name !== "billing" && event.target.id !== "category") return;
  document.querySelectorAll("[data-when]").forEach((part) => { part.hidden = !part.dataset.when.split(" ").includes(event.target.value); });
});

if (main()) arrive(false);
