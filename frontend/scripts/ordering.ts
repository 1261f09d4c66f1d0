/** A list whose items are dragged into another order: `[data-ordering="address"]` is told the whole order after each drop. */
import { csrfToken } from "./page/server";
import { say } from "./page/toasts";
import { words } from "./page/words";

document.querySelectorAll<HTMLElement>("[data-ordering]").forEach((list) => {
  let dragged: HTMLElement | null = null;
  let before = "";
  const order = () => [...list.querySelectorAll<HTMLElement>("[data-asset]")].map((item) => item.dataset.asset ?? "");
  const item = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLElement>("[data-asset]") : null);
  list.addEventListener("dragstart", (event) => {
    dragged = item(event);
    before = order().join();
    dragged?.classList.add("is-dragged");
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = item(event);
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const isLater = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    over.insertAdjacentElement(isLater ? "afterend" : "beforebegin", dragged);
  });
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    if (order().join() !== before) void keep();
  });

  async function keep(): Promise<void> {
    const body = new URLSearchParams(order().map((pk) => ["asset", pk]));
    const address = list.dataset.ordering ?? "";
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
    if (answer?.ok) location.reload(); // the arrows at both ends are drawn anew
    else say(words("failed", { reason: "" }), { level: "error" });
  }
});
