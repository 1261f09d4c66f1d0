import { words } from "./words";

export type Level = "info" | "success" | "warning" | "error";

interface Action {
  label: string;
  run: () => void;
}

const readingMs = 7000; // WCAG 2.2.1: pointing at it or focusing it stops the clock

/** Says something in the corner and to screen readers. With an action it stays until it is used or closed. */
export function say(text: string, { level = "info", action }: { level?: Level; action?: Action } = {}): HTMLElement | undefined {
  const corner = document.getElementById("toasts");
  const model = document.getElementById("toast-model") as HTMLTemplateElement | null;
  const toast = model?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!corner || !toast) return undefined;
  toast.dataset.level = level;
  toast.querySelector(".toast-words")!.textContent = text;
  if (action) toast.querySelector("[data-dismiss]")!.before(button(action, toast));
  corner.append(toast);
  if (level !== "error") clock(toast, action ? readingMs * 2 : readingMs);
  return toast;
}

function button(action: Action, toast: HTMLElement): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-quiet";
  made.textContent = action.label;
  made.addEventListener("click", () => {
    toast.remove();
    action.run();
  });
  return made;
}

function clock(toast: HTMLElement, lengthMs: number): void {
  const isHeld = () => toast.matches(":hover, :focus-within");
  const end = () => (isHeld() ? setTimeout(end, 2000) : toast.remove());
  setTimeout(end, lengthMs);
}

export function startToasts(): void {
  document.querySelectorAll<HTMLElement>("[data-toast]").forEach((toast) => {
    if (toast.dataset.level !== "error") clock(toast, readingMs);
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    target.closest("[data-dismiss]")?.closest(".toast")?.remove();
    const teller = target.closest<HTMLElement>("[data-say]");
    if (teller) say(teller.dataset.say ?? "");
  });
  // The server may say something with any htmx answer: HX-Trigger: {"say": {"words": "…", "level": "success"}}
  document.body.addEventListener("say", (event) => {
    const detail = (event as CustomEvent<{ words: string; level?: Level }>).detail;
    say(detail.words, { level: detail.level ?? "info" });
  });
}

export const undoLabel = (): string => words("undo");
