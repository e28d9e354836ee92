// What was sent while nobody was signed in did not arrive: it is kept after all.
for (const key of Object.keys(sessionStorage)) {
  if (!key.startsWith("sent ")) continue;
  sessionStorage.setItem(key.replace("sent ", "kept "), sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
}

// Shows what was typed as a password, for as long as the button is pressed in.
for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = field.type === "password";
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  });
}
