// Moves through a page's findings and gives verdicts by key. The forms of the page do the work:
// a key presses the button that a hand could press.
const items = () => [...document.querySelectorAll("[data-item]")];
const current = () => document.querySelector("[data-item][aria-current]");
const handle = (item) => (item.matches("details") ? item.querySelector("summary") : item);

function go(item) {
  if (!item) return;
  current()?.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
  handle(item).focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// A new page or part of one: the form that was asked for has the focus, else the finding.
function land(item) {
  const note = document.querySelector(".more input[name=note]");
  if (note) note.focus();
  else go(item);
}

function move(steps) {
  const all = items();
  const at = all.indexOf(current());
  go(all[Math.min(Math.max(at + steps, 0), all.length - 1)]);
}

function press(verdict) {
  current()?.querySelector(`button[name=verdict][value=${verdict}]`)?.click();
}

function expand() {
  const item = current();
  const more = item?.matches("details") ? item : item?.querySelector("details.why");
  if (more) more.open = !more.open;
}

// The reasons are one template for all findings of the page.
function showReasons(item) {
  const shown = item?.querySelector("form.reasons") ?? addReasons(item);
  shown?.querySelector("button[name=reason]").focus();
}

function addReasons(item) {
  const own = item?.querySelector("form.decide");
  const template = document.getElementById("reasons");
  if (!own?.querySelector("[data-dismiss]") || !template) return null;
  const form = own.cloneNode(false);
  form.className = "reasons";
  for (const field of own.querySelectorAll("input[type=hidden]")) form.append(field.cloneNode());
  form.append(template.content.cloneNode(true));
  own.after(form);
  window.htmx?.process(form);
  return form;
}

function hideReasons(form) {
  const item = form.closest("[data-item]");
  form.remove();
  go(item);
}

// One form for all findings of the page; a copy of it is sent to the one that has the focus.
function hand(act) {
  const form = document.getElementById("hand")?.cloneNode(true);
  const item = current();
  if (!form || !item?.dataset.hand) return;
  form.removeAttribute("id");
  form.action = item.dataset.hand;
  form.elements.act.value = act;
  item.querySelector("td:last-child").append(form);
  window.htmx?.process(form);
  form.requestSubmit();
}

const actions = {
  next: () => move(1),
  previous: () => move(-1),
  expand,
  open: () => current()?.querySelector("[data-open]")?.click(),
  uphold: () => press("upheld"),
  right: () => press("right"),
  wrong: () => press("wrong"),
  escalate: () => press("escalated"),
  dismiss: () => showReasons(current()),
  more: () => current()?.querySelector("[data-more]")?.click(),
  mine: () => hand("mine"),
  pick: () => current()?.querySelector("input[name=pick]")?.click(),
  newer: () => document.querySelector("[data-new]")?.click(),
  views: () => document.querySelector("#views a")?.focus(),
  undo: () => document.querySelector("[data-undo] button")?.click(),
  filter: () => document.querySelector("#q")?.select(),
};

Object.assign(window.acts, actions);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.reasons");
  if (event.ctrlKey || event.metaKey || event.altKey || !form) return;
  if (event.key === "Escape") hideReasons(form);
  if (event.target.matches("input")) return;
  const button = form.querySelector(`button[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("click", (event) => {
  const asks = event.target.closest("a[data-dismiss]");
  if (!asks) return;
  event.preventDefault();
  go(asks.closest("[data-item]"));
  showReasons(current());
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item || item === current()) return;
  current()?.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
});

// After a verdict the next finding has the focus; after an undo the one that is open again.
let after = "";

document.addEventListener("htmx:beforeRequest", (event) => {
  const undone = event.detail.elt.dataset.undo;
  const all = items();
  const at = all.indexOf(event.detail.elt.closest("[data-item]"));
  after = undone ? `f-${undone}` : (all[at + 1] ?? all[at - 1])?.id ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "work") land(document.getElementById(after) ?? items()[0]);
});

// How many are chosen is said where they are acted on.
document.addEventListener("change", (event) => {
  if (event.target.name !== "pick") return;
  const count = document.querySelectorAll("input[name=pick]:checked").length;
  document.querySelector("[data-picked]").textContent = count || "";
});

// Once the browser has gone to the address's own place, which takes the focus away.
window.addEventListener("load", () => {
  const wanted = document.getElementById(location.hash.slice(1));
  const isQueue = document.body.dataset.page === "queue";
  land(wanted?.matches("[data-item]") ? wanted : isQueue && items()[0]);
});
