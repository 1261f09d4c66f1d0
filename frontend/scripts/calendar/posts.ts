/**
 * What the calendar asks the server for. Of a month's days the first few posts are shown, of a week's and a day's full hours none:
 * how many others there are, and how far they are, stands in one card that opens their day. A list comes in pages, as it is read.
 * `[data-calendar-more]` under the calendar holds the button for the next page, `[data-calendar-earlier]` above it the one for what
 * lies before where a list began.
 */
import type { Calendar, EventApi, EventDisplayInfo, EventInput } from "fullcalendar";
import { node } from "./cards";
import type { Post } from "./cards";
import { say } from "../page/toasts";
import { words } from "../page/words";

/** What is not shown one by one: of a day or an hour, or of the list's end. */
interface Rest {
  count: number;
  at_risk?: number; // how many of them would not go out as things are
  day?: string; // ISO 8601
  from?: string; // the hour's beginning; empty for a day
  states?: { state: string; word: string; count: number }[]; // the most urgent first
}

interface Range {
  startStr: string;
  endStr: string;
}

const few: Record<string, { per: string; few: string }> = {
  dayGridMonth: { per: "day", few: "4" },
  timeGridWeek: { per: "hour", few: "3" },
  timeGridDay: { per: "hour", few: "8" },
};
const roomOfHour = 2; // lines of states
const page = 100;
const pages = "posts-"; // and a number: the sources of a list's further pages
const list = { of: "", start: "", end: "", from: "", shown: page, left: 0 }; // which list it is, where it begins if later than its day, how far it was read

const isList = (view: string): boolean => view.startsWith("list");

export const isRest = (props: Record<string, unknown>): boolean => props["rest"] !== undefined;

const restOf = (event: EventApi): Rest => event.extendedProps["rest"] as Rest;

export async function fetchPosts(calendar: Calendar, root: HTMLElement, range: Range): Promise<EventInput[]> {
  const view = calendar.view.type;
  calendar.getEventSources().forEach((source) => source.id.startsWith(pages) && source.remove());
  if (!isList(view)) return asEvents(await ask(root, { start: range.startStr, end: range.endStr, ...few[view] }));
  if (list.of !== view + range.startStr) begin(view + range.startStr, range);
  return readList(await ask(root, { start: list.from || list.start, end: list.end, first: String(list.shown) }));
}

function begin(of: string, range: Range): void {
  const from = list.from.startsWith(range.startStr.slice(0, 10)) ? list.from : "";
  Object.assign(list, { of, start: range.startStr, end: range.endStr, shown: page, from });
}

async function ask(root: HTMLElement, wanted: Record<string, string>): Promise<(Post & { rest?: Rest })[]> {
  const url = root.dataset.eventsUrl ?? "";
  const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams(wanted)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) return (await answer.json()) as (Post & { rest?: Rest })[];
  say(words("calendar_failed"), { level: "error" });
  return [];
}

const asEvents = (told: (Post & { rest?: Rest })[]): EventInput[] => told.map((one) => ({ ...one, startEditable: one.can_move ?? false, extendedProps: { ...one }, ...(one.rest && placed(one.start, one.rest)) }));

/** A day's rest stands under its posts, an hour's takes the hour. */
const placed = (start: string, rest: Rest): EventInput => (rest.from ? { start } : { start: `${start.slice(0, 10)}T23:59:58`, end: `${start.slice(0, 10)}T23:59:59` });

function readList(told: (Post & { rest?: Rest })[]): EventInput[] {
  list.left = told.find((one) => one.rest)?.rest?.count ?? 0;
  return asEvents(told.filter((one) => !one.rest));
}

/** Opens the list of that day, from the hour on if it was an hour's card. Going back in the browser leads where it was opened. */
export function openRest(calendar: Calendar, root: HTMLElement, event: EventApi): void {
  const { day, from } = restOf(event);
  if (!day) return;
  Object.assign(list, { of: "", from: from ?? "" });
  if (root.dataset.keepsPlace) history.pushState(null, "", location.href);
  calendar.changeView("listDay", day);
}

/** The buttons for what comes after and before what the list shows; the next page also comes by itself when its button is near. */
export function startList(calendar: Calendar, root: HTMLElement, frame: HTMLElement): void {
  const more = frame.querySelector<HTMLButtonElement>("[data-calendar-more] button");
  if (!more) return;
  const near = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && void showMore(calendar, root, more), { rootMargin: "400px" });
  near.observe(more);
  more.addEventListener("click", () => void showMore(calendar, root, more));
  frame.querySelector("[data-calendar-earlier] button")?.addEventListener("click", () => {
    Object.assign(list, { of: "", from: "" });
    calendar.refetchEvents();
  });
}

/** Says what the list does not show, after each time that posts were read. */
export function showLeft(frame: HTMLElement, view: string): void {
  const more = frame.querySelector<HTMLElement>("[data-calendar-more]");
  if (!more) return;
  more.hidden = !isList(view) || !list.left;
  more.querySelector("[data-left]")!.textContent = words("list_left", { count: list.left });
  frame.querySelector<HTMLElement>("[data-calendar-earlier]")!.hidden = !isList(view) || !list.from;
}

async function showMore(calendar: Calendar, root: HTMLElement, button: HTMLButtonElement): Promise<void> {
  if (button.ariaBusy === "true" || !list.left || !isList(calendar.view.type)) return;
  button.ariaBusy = "true";
  const { of, shown } = list;
  const told = await ask(root, { start: list.from || list.start, end: list.end, skip: String(shown), first: String(page) });
  button.ariaBusy = "false";
  if (list.of !== of || list.shown !== shown) return; // another list, or read anew, in the meantime
  list.shown += page;
  const events = readList(told).filter((one) => !calendar.getEventById(one.id ?? ""));
  calendar.addEventSource({ id: pages + shown, events });
}

/** How many others there are, and how far they are. */
export function restCard(info: EventDisplayInfo): Node[] {
  const rest = restOf(info.event);
  const whole = node("span", "cal-card");
  whole.append(node("span", "cal-rest-count", info.event.title));
  if (rest.at_risk) whole.append(node("span", "cal-risk", words("rest_at_risk", { count: rest.at_risk })));
  const states = node("span", "cal-rest-states");
  (rest.states ?? []).slice(0, rest.from ? roomOfHour : undefined).forEach((one) => states.append(stateLine(one)));
  whole.append(states);
  return [whole];
}

function stateLine(one: { state: string; word: string; count: number }): HTMLElement {
  const line = node("span", "cal-rest-state");
  line.dataset.state = one.state;
  line.append(node("span", "cal-shape"), node("span", "", `${one.count} ${one.word}`));
  return line;
}
