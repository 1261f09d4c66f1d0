// Tells the counter that this page was opened: its path and the site the reader came from. No cookie, nothing kept,
// nothing about the reader; silent where the browser asks not to be tracked.
(() => {
  const to = document.currentScript?.dataset.to;
  if (!to || navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;
  let from = "";
  try { from = new URL(document.referrer).hostname; } catch { /* opened directly */ }
  if (from === location.hostname) from = "";
  navigator.sendBeacon(to, JSON.stringify({ path: location.pathname, from }));
})();
