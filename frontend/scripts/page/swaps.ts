import htmx from "htmx.org";
import { csrfToken, parsed, reason } from "./server";
import { say } from "./toasts";
import { words } from "./words";

/** htmx: the CSRF token with every request, the server's words when it refuses, the focus kept when its place is swapped. */
export function startSwaps(): void {
  document.body.addEventListener("htmx:configRequest", (event) => {
    (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    say(words("failed", { reason: sentence(xhr) }), { level: "error" });
  });
  document.body.addEventListener("htmx:sendError", (event) => {
    if (!(event.target as Element).closest("[data-running]")) say(words("offline"), { level: "error" });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    keepFocus(event.target as HTMLElement);
    countRunning();
  });
  htmx.config.includeIndicatorStyles = false;
}

function sentence(xhr: XMLHttpRequest): string {
  const data = parsed(xhr.responseText);
  if (Object.keys(data).length) return reason(data);
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.querySelector("[role=alert] p")?.textContent?.trim() ?? "";
}

function keepFocus(place: HTMLElement): void {
  const wished = place.querySelector<HTMLElement>("[autofocus], [data-focus]");
  if (wished) return wished.focus();
  if (document.activeElement && document.activeElement !== document.body) return;
  if (place.closest("[data-running]") || !place.isConnected) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function countRunning(): void {
  const badge = document.getElementById("running-count");
  if (!badge) return;
  const count = document.querySelectorAll("#running .job[data-state=running], #running .job[data-state=waiting]").length;
  badge.hidden = count === 0;
  badge.textContent = String(count);
}
