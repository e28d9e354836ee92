// Brings the evidence of a finding into view beside it, when the page is opened at the finding.
function showEvidence() {
  const finding = document.getElementById(location.hash.slice(1));
  if (!finding?.matches("details.rule")) return;
  finding.open = true;
  const link = finding.querySelector(".places a, .absence a");
  const evidence = link && document.getElementById(link.hash.slice(1));
  // At once and in this order: a second gliding scroll would end the first.
  finding.scrollIntoView({ block: "nearest", behavior: "instant" });
  evidence?.closest("li").scrollIntoView({ block: "center", behavior: "instant" });
}

// Once the browser has gone to the address's own place, or it would leave the evidence again.
window.addEventListener("load", showEvidence);
window.addEventListener("hashchange", showEvidence);
