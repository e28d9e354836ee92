// The keys of a recording, its speed, and the line that is heard. Without this file the browser's
// own player plays.
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const STEP_S = 5;
const AGAIN_S = 2;
const panel = document.querySelector("[data-player]");
const audios = [...document.querySelectorAll("audio")];
let audio = audios[0];
let speed = Number(localStorage.getItem("speed")) || 1;
let isFollowing = localStorage.getItem("follow") !== "no";
let isInterrupted = false;

function setSpeed(wanted) {
  speed = Math.min(Math.max(wanted, SPEEDS[0]), SPEEDS.at(-1));
  localStorage.setItem("speed", speed);
  for (const each of audios) each.defaultPlaybackRate = each.playbackRate = speed;
  panel.querySelector("output").textContent = `${speed}×`;
}

function setFollowing(wanted) {
  isFollowing = wanted;
  localStorage.setItem("follow", wanted ? "yes" : "no");
  panel.querySelector("input").checked = wanted;
}

const seek = (seconds) => (audio.currentTime = Math.max(0, seconds));

const actions = {
  play: () => (audio.paused ? audio.play() : audio.pause()),
  back: () => seek(audio.currentTime - STEP_S),
  forth: () => seek(audio.currentTime + STEP_S),
  slower: () => setSpeed(SPEEDS.findLast((each) => each < speed) ?? speed),
  faster: () => setSpeed(SPEEDS.find((each) => each > speed) ?? speed),
  follow: () => setFollowing(!isFollowing),
};

// Each line with its time; a search may have put others in their place.
let lines = [];
function readLines() {
  lines = [...document.querySelectorAll(".lines > li > a[href*='at=']")]
    .map((link) => [Number(new URL(link.href).searchParams.get("at")), link.parentNode])
    .sort(([one], [other]) => one - other);
}

function follow() {
  const now = lines.findLast(([at]) => at <= audio.currentTime)?.[1];
  const before = document.querySelector(".lines > [data-heard]");
  if (!now || now === before) return;
  before?.removeAttribute("data-heard");
  now.dataset.heard = "";
  if (isFollowing && !audio.paused) now.scrollIntoView({ block: "center", behavior: "instant" });
}

// Who paused wants to hear again where they were; who went elsewhere meanwhile, what is there.
function resume() {
  if (isInterrupted) seek(audio.currentTime - AGAIN_S);
  isInterrupted = false;
}

function start() {
  panel.hidden = false;
  setSpeed(speed);
  setFollowing(isFollowing);
  readLines();
  const asked = Number(new URLSearchParams(location.search).get("at"));
  if (asked > 0) seek(asked);
  for (const each of audios) {
    each.addEventListener("play", () => {
      for (const other of audios) if (other !== each) other.pause();
      audio = each;
      resume();
    });
    each.addEventListener("pause", () => (isInterrupted = !each.ended));
    each.addEventListener("seeking", () => (isInterrupted = false));
    each.addEventListener("timeupdate", follow);
    each.addEventListener("ratechange", () => each.playbackRate !== speed && setSpeed(each.playbackRate));
  }
  panel.querySelector("input").addEventListener("change", (event) => setFollowing(event.target.checked));
  document.addEventListener("htmx:afterSettle", readLines);
  Object.assign(window.acts, actions);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".lines > li > a[href*='at=']");
    if (link) seek(Number(new URL(link.href).searchParams.get("at")));
    actions[event.target.closest("[data-act]")?.dataset.act]?.();
  });
}

if (panel && audio) start();
