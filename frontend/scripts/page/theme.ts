import { words } from "./words";

const order = ["", "light", "dark"] as const;
const yearS = 365 * 24 * 3600;

/** Turns through: as the device, light, dark. The choice is a cookie, so that the server draws the next page right at once. */
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-theme-next]")) return;
    const at = order.indexOf((document.documentElement.dataset.theme ?? "") as (typeof order)[number]);
    choose(order[(at + 1) % order.length] ?? "");
  });
  showWord();
}

function choose(theme: string): void {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=${yearS}; samesite=lax`;
  document.dispatchEvent(new CustomEvent("theme-changed"));
  showWord();
}

function showWord(): void {
  const key = `theme_${document.documentElement.dataset.theme || "auto"}`;
  document.querySelectorAll("[data-theme-word]").forEach((place) => (place.textContent = words(key)));
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
