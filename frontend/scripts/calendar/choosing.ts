/** Several posts at once: Shift-click or `x` chooses one, the bar above the calendar says how many and what can be done. */
import type { Calendar } from "fullcalendar";
import { words } from "../page/words";

export const chosen = new Set<string>();

export function toggle(frame: HTMLElement, id: string): void {
  if (!chosen.delete(id)) chosen.add(id);
  showChosen(frame);
}

export function clearChosen(frame: HTMLElement): void {
  chosen.clear();
  showChosen(frame);
}

/** Those that are moved when this one is: all chosen ones, or it alone. */
export function movedWith(calendar: Calendar, id: string): string[] {
  return chosen.has(id) ? [...chosen].filter((one) => calendar.getEventById(one)?.startEditable) : [id];
}

/** Marks the chosen ones, which are drawn anew at each look. */
export function showChosen(frame: HTMLElement): void {
  frame.querySelectorAll<HTMLElement>("[data-post]").forEach((one) => one.classList.toggle("is-chosen", chosen.has(one.dataset.post ?? "")));
  const bar = frame.querySelector<HTMLElement>("[data-chosen]");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-chosen-count]")!.textContent = words("posts_chosen", { count: chosen.size });
}
