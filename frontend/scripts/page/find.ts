/** Search over everything: the dialog behind the field of the frame. A plain list of links: arrows walk it, Enter opens. */

let askedFor = ""; // the words the list on the screen answers

export function startFind(): void {
  const dialog = document.getElementById("find") as HTMLDialogElement | null;
  const field = document.getElementById("find-q") as HTMLInputElement | null;
  if (!dialog || !field) return;
  document.querySelector("[data-search]")?.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    openFind();
  });
  document.querySelector<HTMLInputElement>("[data-search]")?.addEventListener("input", (event) => openFind((event.target as HTMLInputElement).value));
  dialog.addEventListener("keydown", (event) => walk(event, dialog, field));
  dialog.addEventListener("htmx:afterSwap", () => tell(dialog, field));
}

/** Opens the dialog with what was typed already. */
export function openFind(typed = ""): void {
  const dialog = document.getElementById("find") as HTMLDialogElement | null;
  const field = document.getElementById("find-q") as HTMLInputElement | null;
  const box = document.querySelector<HTMLInputElement>("[data-search]");
  if (!dialog || !field) return;
  if (!dialog.open) {
    field.value = typed || box?.value || "";
    if (box) box.value = box.defaultValue;
    dialog.showModal();
    document.body.dispatchEvent(new CustomEvent("find"));
  }
  field.focus();
  if (!typed) field.select();
}

function walk(event: KeyboardEvent, dialog: HTMLDialogElement, field: HTMLInputElement): void {
  const hits = [...dialog.querySelectorAll<HTMLAnchorElement>("[data-hit]")];
  const at = hits.indexOf(document.activeElement as HTMLAnchorElement);
  if (event.key === "Escape") {
    event.preventDefault(); // a search field would only empty itself
    return dialog.close();
  }
  if (event.key === "Enter" && event.target === field) return enter(event, hits, field);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    return (hits[next] ?? (next < 0 && at >= 0 ? field : hits.at(next < 0 ? -1 : at)) ?? field).focus();
  }
  if (at >= 0 && (event.key === "Home" || event.key === "End")) {
    event.preventDefault();
    return hits.at(event.key === "Home" ? 0 : -1)?.focus();
  }
  // Whoever types on is back in the field.
  if (at >= 0 && (event.key.length === 1 || event.key === "Backspace") && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
}

/** Enter opens the first one when the list answers what stands in the field; else the page with all of them. */
function enter(event: KeyboardEvent, hits: HTMLAnchorElement[], field: HTMLInputElement): void {
  if (field.value.trim() && field.value === askedFor && hits[0]) {
    event.preventDefault();
    hits[0].click();
  }
}

function tell(dialog: HTMLElement, field: HTMLInputElement): void {
  askedFor = field.value;
  const words = dialog.querySelector("[data-found-words]");
  const status = document.getElementById("find-status");
  if (status && words) status.textContent = words.textContent;
  words?.remove();
}
