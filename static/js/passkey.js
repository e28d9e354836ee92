// Asks the browser for a passkey and sends its answer by the form. The options stand in the page.
const isAble = typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";

const ask = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

async function send(form) {
  const { publicKey } = JSON.parse(form.dataset.options);
  try {
    const credential = await ask[form.dataset.passkey](publicKey);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
  } catch {
    return; // the person said no, or took too long: the button is still there
  }
  form.submit();
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("button[type=button]");
  button.hidden = !isAble;
  form.querySelector("[data-without]").hidden = isAble;
  button.addEventListener("click", () => send(form));
}
