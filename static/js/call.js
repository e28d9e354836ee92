// The call's page: goes to evidence, from finding to finding and from moment to moment without a
// load, and underlines what was heard unclearly. The page's links do the same with a load.
const lineOf = (place) => place?.closest(".lines > li");
const show = (element, block) => element?.scrollIntoView({ block, behavior: "instant" });

// Brings the evidence of a finding into view beside it, when the page is opened at the finding.
function showEvidence() {
  const finding = document.getElementById(location.hash.slice(1));
  if (!finding?.matches("details.rule")) return;
  finding.open = true;
  const link = finding.querySelector(".places a, .absence a");
  // At once and in this order: a second gliding scroll would end the first.
  show(finding, "nearest");
  show(lineOf(link && document.getElementById(link.hash.slice(1))), "center");
}

// Once the browser has gone to the address's own place, or it would leave the evidence again.
window.addEventListener("load", showEvidence);
window.addEventListener("hashchange", showEvidence);

// Where one has gone last, for each tour: the server's own account until then.
const gone = {};
const tourOf = (name) => document.querySelector(`[data-tour=${name}]`);
const stopsOf = (tour) => tour.dataset.stops.split(" ");

function say(tour, at) {
  tour.dataset.at = at;
  const output = tour.querySelector("output");
  output.textContent = at ? output.dataset.said.replace("#", at) : stopsOf(tour).length;
}

function step(name, steps, isByKey = false) {
  const tour = tourOf(name);
  if (!tour) return;
  const stops = stopsOf(tour);
  const from = Number(tour.dataset.at);
  const at = steps > 0 ? from % stops.length : (Math.max(from, 1) + stops.length - 2) % stops.length;
  gone[name] = stops[at];
  say(tour, at + 1);
  visit(stops[at], isByKey);
}

// The finding becomes the one that verdicts are for; by key it has the focus, too.
function visit(id, isByKey) {
  const finding = document.querySelector(`[data-item] a[href="#${id}"], #${id}[data-item]`)?.closest("[data-item]");
  const focused = (isByKey && finding?.querySelector("summary")) || document.activeElement;
  if (finding) {
    document.querySelector("[data-item][aria-current]")?.removeAttribute("aria-current");
    finding.setAttribute("aria-current", "true");
    show(finding, "nearest");
  }
  location.replace(`#${id}`); // which takes the focus away
  focused.focus({ preventScroll: true });
  show(lineOf(document.getElementById(id)), "center");
}

// A chip narrows the tour to its rule, and goes to the rule's next place.
function narrow(chip) {
  const tour = tourOf("findings");
  document.querySelector(".chip[aria-current]")?.removeAttribute("aria-current");
  chip.setAttribute("aria-current", "true");
  tour.dataset.stops = chip.dataset.stops;
  say(tour, stopsOf(tour).indexOf(gone.findings) + 1);
  step("findings", 1);
}

function goTo(link) {
  document.querySelector(".lines > [aria-current]")?.removeAttribute("aria-current");
  location.replace(link.hash);
  history.replaceState(null, "", link.href);
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-step], .chip, .lines > li > a");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.step) step(link.closest("[data-tour]").dataset.tour, Number(link.dataset.step));
  else if (link.matches(".chip")) narrow(link);
  else goTo(link);
});

const actions = {
  following: () => step("findings", 1, true),
  preceding: () => step("findings", -1, true),
  find: () => document.getElementById("find")?.select(),
};

Object.assign(window.acts, actions);

// Words that were looked for already: Enter goes on from line to line.
document.addEventListener("keydown", (event) => {
  const { key, target, shiftKey } = event;
  if (key !== "Enter" || target.id !== "find" || target.value !== target.defaultValue) return;
  if (!tourOf("found")) return;
  event.preventDefault();
  step("found", shiftKey ? -1 : 1);
});

// The words of a line as the server counted them: the text after its link, with one blank before.
function rangesOf(line) {
  const numbers = line.dataset.low.split(" ").map(Number);
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT, (node) =>
    node.parentNode.closest("[href]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const ranges = [];
  let [from, node] = [-1, texts.nextNode()];
  for (let at = 0; at < numbers.length; at += 2) {
    while (node && from + node.length <= numbers[at]) [from, node] = [from + node.length, texts.nextNode()];
    if (!node) break;
    const start = numbers[at] - from;
    const end = Math.min(start + numbers[at + 1], node.length);
    ranges.push(new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end }));
  }
  return ranges;
}

function underline() {
  const lines = [...document.querySelectorAll(".lines > [data-low]")];
  window.CSS?.highlights?.set("unclear", new Highlight(...lines.flatMap(rangesOf)));
}

underline();

// What was looked for came: back to where one is among the findings, and to the first line with it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "transcript") return;
  // Not by htmx, which would keep the words of the page it leaves in the browser's storage.
  history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
  underline();
  const tour = tourOf("findings");
  if (tour) say(tour, stopsOf(tour).indexOf(gone.findings) + 1);
  step("found", 1);
});

// Words of one line that are selected can be marked: the link leads to the form with them chosen.
document.addEventListener("selectionchange", () => {
  const offer = document.querySelector("[data-selected]");
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  if (!offer || !range) return;
  const line = lineOf(range.startContainer.parentElement);
  const isOne = !range.collapsed && line && line === lineOf(range.endContainer.parentElement);
  offer.hidden = !isOne;
  if (!isOne) return;
  const before = document.createRange();
  before.setStartAfter(line.querySelector("[href]"));
  before.setEnd(range.startContainer, range.startOffset);
  const from = Math.max(before.toString().length - 1, 0);
  const to = from + range.toString().length;
  const link = offer.querySelector("a");
  link.href = `${link.pathname}?line=${line.id.slice(1)}&from=${from}&to=${to}#mark`;
});
