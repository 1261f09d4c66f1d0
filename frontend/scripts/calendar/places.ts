/**
 * Free slots and closed times. `data-free-url` is asked with `start` and `end` and answers `{free: [{start, accounts}], closed:
 * [{start, end, name, is_strict, is_days}], holidays: [{on, name, place, effect}],
 * events: [{id, title, calendar, start, end, is_all_day, closes}]}`, the last of calendars kept elsewhere. A month tells of each day how many slots are free; week and day show each.
 */
import type { EventDisplayInfo, EventInput } from "fullcalendar";
import { words } from "../page/words";
import { icons, node } from "./cards";

interface Free {
  start: string;
  accounts: { id: number; name: string; icon: string }[];
}

interface Holiday {
  on: string;
  name: string;
  place: string;
  effect: "show" | "warn" | "close";
}

interface Foreign {
  id: number;
  title: string;
  calendar: string;
  start: string;
  end: string;
  is_all_day: boolean;
  closes: boolean;
}

interface Closed {
  start: string;
  end: string;
  name: string;
  is_strict: boolean;
  is_days: boolean;
}

export async function fetchPlaces(url: string, view: string, from: string, to: string): Promise<EventInput[]> {
  if (!url || view.startsWith("list")) return [];
  const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams({ start: from, end: to })}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return []; // the posts say that something is wrong; these are only faint hints
  const told = (await answer.json()) as { free: Free[]; closed: Closed[]; holidays?: Holiday[]; events?: Foreign[] };
  const isMonth = view === "dayGridMonth";
  const isNarrow = view === "timeGridWeek" && matchMedia("(max-width: 47.99rem)").matches; // no room beside the posts
  return [...(isMonth ? byDay(told.free) : isNarrow ? [] : told.free.map(place)), ...told.closed.filter((one) => !isMonth || one.is_days).map((one) => shade(one, isMonth)), ...holidays(told.holidays ?? [], isMonth), ...(told.events ?? []).map((one) => foreign(one, isMonth))];
}

/** A day's holidays as one shade with their names: striped where nothing is meant to go out. */
function holidays(found: Holiday[], isMonth: boolean): EventInput[] {
  const days = new Map<string, Holiday[]>();
  found.forEach((one) => days.set(one.on, [...(days.get(one.on) ?? []), one]));
  return [...days].map(([day, ones]) => ({
    ...(isMonth ? { start: day, allDay: true } : { start: `${day}T00:00:00`, end: `${day}T24:00:00` }),
    title: ones.map((one) => `${one.name} (${one.place})`).join(" · "),
    display: "background",
    className: ones.some((one) => one.effect === "close") ? "cal-closed cal-strict" : ones.some((one) => one.effect === "warn") ? "cal-closed" : "cal-holiday",
  }));
}

/** An event of a calendar kept elsewhere: beside the posts, and nothing that can be moved or opened here. A week has no row for whole days: there it is a shade. */
function foreign(one: Foreign, isMonth: boolean): EventInput {
  if (one.is_all_day && !isMonth) return { start: one.start, end: one.end, title: one.title || one.calendar, display: "background", className: one.closes ? "cal-closed cal-strict" : "cal-holiday" };
  const times = one.is_all_day ? { start: one.start.slice(0, 10), end: one.end.slice(0, 10), allDay: true } : { start: one.start, end: one.end };
  return { id: `foreign-${one.id}`, title: `${one.title || one.calendar}`, ...times, editable: false, interactive: false, extendedProps: { foreign: one.calendar, closes: one.closes } };
}

export const isForeign = (props: Record<string, unknown>): boolean => props["foreign"] !== undefined;

export function foreignCard(info: EventDisplayInfo): Node[] {
  const line = node("span", "cal-head");
  if (info.timeText) line.append(node("span", "cal-time", info.timeText));
  line.append(node("span", "cal-state", info.event.title));
  line.title = `${info.event.title} · ${info.event.extendedProps["foreign"] as string}`;
  return [line];
}

function place(one: Free): EventInput {
  return { id: `free-${one.start}`, title: words("free_slot"), start: one.start, editable: false, extendedProps: { free: one.accounts } };
}

/** A day's free slots as one line under its posts. */
function byDay(free: Free[]): EventInput[] {
  const days = new Map<string, number>();
  free.forEach((one) => days.set(one.start.slice(0, 10), (days.get(one.start.slice(0, 10)) ?? 0) + one.accounts.length));
  return [...days].map(([day, count]) => ({ id: `free-${day}`, title: words("free_slots", { count }), start: `${day}T23:59:59`, editable: false, extendedProps: { free: [], day } }));
}

function shade(one: Closed, isMonth: boolean): EventInput {
  return { start: one.start, end: one.end, title: one.name, display: "background", allDay: isMonth, className: one.is_strict ? "cal-closed cal-strict" : "cal-closed" };
}

export const isPlace = (props: Record<string, unknown>): boolean => props["free"] !== undefined;

export function placeCard(info: EventDisplayInfo): Node[] {
  const accounts = info.event.extendedProps["free"] as Free["accounts"];
  const line = node("span", "cal-head");
  if (accounts.length) line.append(node("span", "cal-time", info.timeText), ...icons(accounts));
  line.append(node("span", "cal-state", info.event.title));
  return [line];
}
