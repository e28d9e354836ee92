// The frame of every page: keys, palette, menus and theme. The rows of the help dialog bind the
// keys; the palette has the same. What they do the page's modules put here.
const jump = document.getElementById("jump");
window.acts = { jump: () => jump.querySelector("input").select() };
const places = ["everywhere", document.body.dataset.page, jump && "tenant"];
if (document.querySelector("audio")) places.push("audio");
const bound = new Map();

function show(row, wanted) {
  row.hidden = !places.includes(row.dataset.where) || !row.textContent.toLowerCase().includes(wanted);
}

for (const row of document.querySelectorAll("[data-action]")) {
  show(row, "");
  if (!row.hidden) bound.set(row.dataset.key, row.dataset.action);
}

const isTyping = (target) =>
  target.closest("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select, [contenteditable], #jump");

// Enter on a link, Space on a button, an arrow on what it moves: that control's own.
const OWN = {
  Enter: "a, button, summary",
  Space: "button, summary, input, audio, [popover]",
  ArrowLeft: "input, audio, [tabindex='0']",
  ArrowRight: "input, audio, [tabindex='0']",
};

// A keyboard may need AltGr, which counts as Ctrl and Alt, for a bracket.
function heldOf(event) {
  if (event.getModifierState("AltGraph")) return "";
  if (event.altKey) return "Alt+";
  return event.ctrlKey || event.metaKey ? "Ctrl+" : "";
}

// Whether something was done. Help and palette bear the names of their actions.
function ask(action) {
  const panel = document.querySelector(`#${action}[popover]`);
  panel?.togglePopover();
  acts[action]?.();
  return panel || acts[action];
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
  if (event.defaultPrevented) return;
  const held = heldOf(event);
  const key = event.key === " " ? "Space" : event.key;
  if (!held && (isTyping(event.target) || (OWN[key] && event.target.closest(OWN[key])))) return;
  const action = bound.get(held + key);
  if (action && ask(action)) event.preventDefault();
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

// In the palette what is typed narrows the actions, and arrows go through all that is shown.
jump?.addEventListener("input", (event) => {
  for (const row of jump.querySelectorAll("[data-action]")) show(row, event.target.value.toLowerCase());
});

jump?.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!steps) return;
  const stops = [...jump.querySelectorAll("input, li:not([hidden]) > *")];
  stops.at((stops.indexOf(document.activeElement) + steps) % stops.length).focus();
  event.preventDefault();
});

jump?.addEventListener("click", (event) => {
  const row = event.target.closest("[data-action]");
  if (!row) return;
  jump.hidePopover();
  ask(row.dataset.action);
});

// Changes the theme at once; without this module the same form loads the page again.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const chosen = event.submitter.value;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  document.documentElement.dataset.theme = chosen;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  try {
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  } catch {
    form.submit(); // the browser's own page says that the server cannot be reached
  }
});
