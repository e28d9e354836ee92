// Binds the keys of the help dialog, the one table of them, and says which action was asked for.
const places = ["everywhere", document.body.dataset.page];
if (document.querySelector("audio")) places.push("audio");
const rows = [...document.querySelectorAll("#help [data-key]")];
const bound = new Map(
  rows
    .filter((row) => places.includes(row.dataset.where))
    .map((row) => [row.dataset.key, row.dataset.action]),
);

// A key of another page's is not one of this page's.
for (const row of rows) row.hidden = !bound.has(row.dataset.key);

const isTyping = (target) =>
  target.closest("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select, [contenteditable]");

// Enter on a link, Space on a button, an arrow on what it moves: that control's own.
const OWN = {
  Enter: "a, button, summary",
  Space: "button, summary, input, audio, [popover]",
  ArrowLeft: "input, audio, [tabindex='0']",
  ArrowRight: "input, audio, [tabindex='0']",
};

// A keyboard may need AltGr, which counts as Ctrl and Alt, for a bracket.
const isCombined = (event) =>
  !event.getModifierState("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
  if (isCombined(event) || event.defaultPrevented) return;
  const key = event.key === " " ? "Space" : event.key;
  if (isTyping(event.target) || (OWN[key] && event.target.closest(OWN[key]))) return;
  const action = bound.get(key);
  if (!action) return;
  if (action === "help") document.querySelector("#help").togglePopover();
  const asked = new CustomEvent("asked", { detail: action, cancelable: true });
  const isDone = !document.dispatchEvent(asked) || action === "help";
  if (isDone) event.preventDefault();
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
