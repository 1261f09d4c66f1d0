/** Several posts at once: Shift-click or `x` chooses one, the bar above the calendar says how many and what can be done. */
import type { Calendar } from "fullcalendar";
import type { Move } from "./steps";
import { words } from "../page/words";

interface Chosen {
  title: string;
  from: string; // where it stands, as ISO 8601: also while another week is shown
  canMove: boolean;
}

const chosen = new Map<string, Chosen>();

export const isChosen = (id: string): boolean => chosen.has(id);

export function toggle(calendar: Calendar, frame: HTMLElement, id: string): void {
  const event = calendar.getEventById(id);
  if (!chosen.delete(id) && event) chosen.set(id, { title: event.title, from: event.startStr, canMove: event.startEditable ?? false });
  showChosen(frame);
}

export function clearChosen(frame: HTMLElement): void {
  chosen.clear();
  showChosen(frame);
}

/** One of them that can be copied, or moved. */
export const firstChosen = (isCopy: boolean): string | undefined => [...chosen].find(([, one]) => isCopy || one.canMove)?.[0];

/** Where a post stands that is shown or was chosen. */
export function known(calendar: Calendar, id: string): Chosen | undefined {
  const event = calendar.getEventById(id);
  return event ? { title: event.title, from: event.startStr, canMove: event.startEditable ?? false } : chosen.get(id);
}

/** Those that are moved when this one is: all chosen ones, or it alone. */
export function movedWith(calendar: Calendar, id: string): string[] {
  return chosen.has(id) ? [...chosen.keys()].filter((one) => known(calendar, one)?.canMove) : [id];
}

/** Keeps in mind where the chosen ones went: what is not shown says so nowhere else. */
export function follow(moves: Move[]): void {
  moves.forEach(({ id, to }) => {
    const one = chosen.get(id);
    if (one) one.from = to;
  });
}

/** Marks the chosen ones, which are drawn anew at each look. */
export function showChosen(frame: HTMLElement): void {
  frame.querySelectorAll<HTMLElement>("[data-post]").forEach((one) => one.classList.toggle("is-chosen", chosen.has(one.dataset.post ?? "")));
  const bar = frame.querySelector<HTMLElement>("[data-chosen]");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-chosen-count]")!.textContent = words("posts_chosen", { count: chosen.size });
}
