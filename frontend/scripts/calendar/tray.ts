/** Pieces that have no day: `[data-tray]` beside the calendar. Dragging one onto a day wishes for that day; so does its button. */
import { Draggable } from "fullcalendar/interaction";
import type { Calendar } from "fullcalendar";
import { place, takeDay } from "./steps";
import type { Move } from "./steps";

const morning = "T09:00"; // where only a day was meant

export function startTray(calendar: Calendar, root: HTMLElement, frame: HTMLElement, ask: (title: string, give: (time: string) => void) => void): void {
  if (!frame.querySelector("[data-tray]")) return;
  new Draggable(frame, { itemSelector: "[data-tray-piece]", eventData: (item) => ({ title: item.dataset.title ?? "", create: false }) });
  frame.addEventListener("click", (event) => {
    const item = (event.target as Element).closest("[data-tray-when]")?.closest<HTMLElement>("[data-tray-piece]");
    if (item) ask(item.dataset.title ?? "", (time) => void putOn(calendar, root, item, time));
  });
}

/** Whether the pointer is over the tray. */
export function isOverTray(frame: HTMLElement, event: MouseEvent): boolean {
  const room = frame.querySelector("[data-tray-room]")?.getBoundingClientRect();
  return !!room && event.clientX >= room.left && event.clientX <= room.right && event.clientY >= room.top && event.clientY <= room.bottom;
}

/** Takes the piece's day away; one undo gives it back. */
export async function putBack(calendar: Calendar, root: HTMLElement, frame: HTMLElement, piece: Move): Promise<void> {
  await takeDay(root, piece, () => drawTray(root, frame));
  await drawTray(root, frame);
  calendar.refetchEvents();
}

/** The tray as the server has it now, as open as it was. */
async function drawTray(root: HTMLElement, frame: HTMLElement): Promise<void> {
  const room = frame.querySelector<HTMLDetailsElement>("[data-tray-room]");
  const answer = await fetch(root.dataset.trayUrl ?? "", { headers: { Accept: "text/html" } });
  if (!room || !answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector<HTMLDetailsElement>("[data-tray-room]");
  if (drawn) drawn.open = room.open;
  if (drawn) room.replaceWith(drawn);
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
