// Binds the keys of the help dialog, the one table of them, and says which action was asked for.
const page = document.body.dataset.page;
const rows = [...document.querySelectorAll("#help [data-key]")];
const bound = new Map(
  rows
    .filter((row) => ["everywhere", page].includes(row.dataset.where))
    .map((row) => [row.dataset.key, row.dataset.action]),
);

// A key of another page's is not one of this page's.
for (const row of rows) row.hidden = !bound.has(row.dataset.key);

const isTyping = (target) =>
  target.closest("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select, [contenteditable]");

// Enter on a link or a button is that control's own.
const isOwn = (event) => event.key === "Enter" && event.target.closest("a, button, summary");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || isOwn(event)) return;
  const action = bound.get(event.key);
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
