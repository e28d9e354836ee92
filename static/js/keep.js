// Warns before the session ends, and keeps what was typed over a new sign-in: in this tab, for the
// same person, until it was sent or the person signs out.
const WARNING_S = 120;
const idle = document.querySelector("form[data-idle]");
let timer = 0;

function wait() {
  clearTimeout(timer);
  idle.hidden = true;
  const seconds = Math.max(Number(idle.dataset.idle) - WARNING_S, Number(idle.dataset.idle) / 2);
  timer = setTimeout(() => (idle.hidden = false), seconds * 1000);
}

if (idle) {
  wait();
  document.addEventListener("htmx:afterRequest", wait);
  idle.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(idle.action, {
      method: "POST", body: new URLSearchParams(new FormData(idle)), redirect: "manual",
    });
    if (answer.status === 401) location.reload();
    else wait();
  });
}

const fields = "form[method=post] textarea[name], form[method=post] input[type=text][name]";
const isSecret = (field) => field.readOnly || field.autocomplete === "one-time-code";

function place(field) {
  const forms = [...document.forms].filter((form) => form.action === field.form.action);
  const at = forms.indexOf(field.form);
  return `kept ${document.body.dataset.user} ${field.form.action} ${at} ${field.name}`;
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches(fields) || isSecret(field)) return;
  sessionStorage.setItem(place(field), field.value);
});

document.addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/logout")) sessionStorage.clear();
  for (const field of event.target.elements) {
    const key = place(field);
    const kept = sessionStorage.getItem(key);
    if (kept === null) continue;
    sessionStorage.removeItem(key);
    sessionStorage.setItem(key.replace("kept ", "sent "), kept);
  }
}, true);

// Somebody is signed in here, so what was sent has arrived; the sign-in page says otherwise.
for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("sent ")) sessionStorage.removeItem(key);
}

for (const field of document.querySelectorAll(fields)) {
  const kept = sessionStorage.getItem(place(field));
  if (kept !== null && !isSecret(field)) field.value = kept;
}
