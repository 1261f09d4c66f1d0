/** Keyboard: `/` and Ctrl-K search, `g` then a letter goes to a place, `?` shows them all. Never while somebody writes. */

import { openFind } from "./find";

const togetherMs = 1200;
let wentAt = -Infinity; // nobody has pressed `g` yet: in the first second of a page a letter is no second one

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return search(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") return search(event);
    if (event.key === "?") return (document.getElementById("shortcuts") as HTMLDialogElement | null)?.showModal();
    if (event.key === "g") wentAt = event.timeStamp;
    else if (event.timeStamp - wentAt < togetherMs) go(event.key);
  });
}

export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function search(event: KeyboardEvent): void {
  if (!document.getElementById("find")) return;
  event.preventDefault();
  openFind();
}

function go(key: string): void {
  wentAt = -Infinity;
  document.querySelector<HTMLAnchorElement>(`[data-go="${CSS.escape(key)}"]`)?.click();
}
