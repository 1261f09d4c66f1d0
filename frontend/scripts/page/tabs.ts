/** Where tabs do not all fit, the one that is open is in sight. */
export function startTabs(): void {
  showOpenTab();
  document.body.addEventListener("htmx:afterSettle", showOpenTab);
}

function showOpenTab(): void {
  document.querySelectorAll<HTMLElement>(".tabs").forEach((tabs) => {
    const open = tabs.querySelector<HTMLElement>("[aria-current], [aria-selected=true]");
    if (!open || tabs.scrollWidth <= tabs.clientWidth) return;
    const [row, tab] = [tabs.getBoundingClientRect(), open.getBoundingClientRect()];
    tabs.scrollBy({ left: tab.left + tab.width / 2 - (row.left + row.width / 2) });
  });
}
