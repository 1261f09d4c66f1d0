/** Pieces that have no day: `[data-tray]` beside the calendar. Dragging one onto a day wishes for that day; so does its button. */
import { Draggable } from "fullcalendar/interaction";
import type { Calendar } from "fullcalendar";
import { place } from "./steps";

const morning = "T09:00"; // where only a day was meant

export function startTray(calendar: Calendar, root: HTMLElement, frame: HTMLElement, ask: (title: string, give: (time: string) => void) => void): void {
  const list = frame.querySelector<HTMLElement>("[data-tray]");
  if (!list) return;
  new Draggable(list, { itemSelector: "[data-tray-piece]", eventData: (item) => ({ title: item.dataset.title ?? "", create: false }) });
  list.addEventListener("click", (event) => {
    const item = (event.target as Element).closest("[data-tray-when]")?.closest<HTMLElement>("[data-tray-piece]");
    if (item) ask(item.dataset.title ?? "", (time) => void putOn(calendar, root, item, time));
  });
}

/** Gives the piece of the tray its day, and takes it out of the tray. */
export async function putOn(calendar: Calendar, root: HTMLElement, item: HTMLElement, time: string): Promise<void> {
  const to = time.length > 10 ? time : `${time}${morning}`;
  const before = item.nextElementSibling;
  const list = item.parentElement;
  await place(root, { id: `piece-${item.dataset.trayPiece}`, title: item.dataset.title ?? "", from: to, to }, () => list?.insertBefore(item, before));
  item.remove();
  calendar.refetchEvents();
}
