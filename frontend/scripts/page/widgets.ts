/** Small things every page has: menus that close, tabs with arrow keys, copy buttons, the way back, paper. */

export function startWidgets(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
    });
    const tab = target.closest<HTMLElement>("[role=tab]");
    if (tab) choose(tab);
    if (target.closest("[data-back]")) history.back();
    if (target.closest("[data-print]")) print();
    const copy = target.closest<HTMLElement>("[data-copy]");
    if (copy) void navigator.clipboard.writeText(copy.dataset.copy ?? "").then(() => copy.classList.add("is-copied"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu();
    const tab = (event.target as Element).closest?.<HTMLElement>("[role=tab]");
    if (tab) walk(tab, event);
  });
}

function closeMenu(): void {
  const menu = document.querySelector<HTMLDetailsElement>("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

function choose(tab: HTMLElement): void {
  for (const other of tab.closest("[role=tablist]")?.querySelectorAll<HTMLElement>("[role=tab]") ?? []) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !isChosen;
  }
}

function walk(tab: HTMLElement, event: KeyboardEvent): void {
  const tabs = [...(tab.closest("[role=tablist]")?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
  const turn = document.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: turn, ArrowLeft: -turn }[event.key];
  const next = event.key === "Home" ? tabs[0] : event.key === "End" ? tabs.at(-1) : step && tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  if (!next) return;
  event.preventDefault();
  next.focus();
  choose(next);
}
