// What happens when the answer is not the part of the page that was asked for.

// Somebody who was signed out meanwhile gets the sign-in page, and comes back from there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  const isPage = xhr.responseText.startsWith("<!doctype");
  if (xhr.status >= 400 || !isPage || xhr.responseText.includes(`id="${target.id}"`)) return;
  event.detail.shouldSwap = false;
  location.reload();
});

// A refusal comes as a page that says why: what it says becomes the message.
document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const said = answer.querySelector("[data-refused]")?.parentElement;
  const region = document.getElementById("messages");
  const message = document.createElement("div");
  message.className = "message";
  message.dataset.level = "error";
  for (const line of said?.querySelectorAll("h1, p") ?? []) {
    message.append(Object.assign(document.createElement("p"), { textContent: line.textContent }));
  }
  const again = document.createElement("a");
  again.href = location.pathname + location.search;
  again.className = "button";
  again.textContent = region.dataset.again;
  message.append(again);
  region.replaceChildren(message);
});

document.addEventListener("htmx:sendError", () => {
  const message = document.createElement("p");
  const region = document.getElementById("messages");
  message.className = "message";
  message.dataset.level = "error";
  message.textContent = region.dataset.unreached;
  region.replaceChildren(message);
});

// What shows progress asks for nothing while nobody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && "progress" in event.detail.elt.dataset) event.preventDefault();
});

// A form that is on its way is not saved beside that.
document.addEventListener("submit", (event) => (event.target.dataset.sent = ""));
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if ("sent" in elt.dataset && requestConfig.triggeringEvent?.type === "change") event.preventDefault();
});
