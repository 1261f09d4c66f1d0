/**
 * The calendar: `<div data-calendar data-events-url data-move-url data-zone>` inside `[data-calendar-frame]`, whose buttons
 * carry `data-calendar-do` (prev, next, today, or a view's name). `data-events-url` is asked as `calendar/posts.ts` tells and answers
 * a list of posts; `data-move-url` (with `{id}`) is posted `at`, the new wall-clock time in the workspace's zone. What stands in
 * the calendar's place before is the server's own list, for readers without scripts. View and day are kept in the address.
 */
import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import theme from "fullcalendar/themes/breezy";
import timeGrid from "fullcalendar/timegrid";
import type { EventApi, EventDisplayInfo } from "fullcalendar";
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/breezy/theme.css";
import "../styles/calendar.scss";
import { card, dress } from "./calendar/cards";
import { foreignCard, fetchPlaces, isForeign, isPlace, placeCard } from "./calendar/places";
import { clearChosen, firstChosen, isChosen, known, movedWith, toggle } from "./calendar/choosing";
import { startFocus } from "./calendar/focus";
import { fetchPosts, isRest, openRest, restCard, showLeft, startList } from "./calendar/posts";
import { alike, copy, isAhead, isPiece, move, wallTime } from "./calendar/steps";
import type { Move } from "./calendar/steps";
import { isOverTray, putBack, putOn, startTray } from "./calendar/tray";
import { startUndo } from "./calendar/undoing";
import { isForElsewhere, openSide, startSide } from "./page/side";
import { isDark } from "./page/theme";
import { language, words } from "./page/words";

interface Clicked {
  el: HTMLElement;
  event: EventApi;
  jsEvent: MouseEvent;
}

interface Range {
  startStr: string;
  endStr: string;
}

const isShade = (event: EventApi): boolean => event.display === "background";

function start(root: HTMLElement): void {
  const frame = root.closest<HTMLElement>("[data-calendar-frame]") ?? document.body;
  const isPhone = matchMedia("(max-width: 47.99rem)").matches;
  const asked = new URLSearchParams(location.search).get("view") ?? root.dataset.view;
  const wished = frame.querySelector(`[data-calendar-do="${CSS.escape(buttonOf(asked ?? ""))}"]`) ? asked : undefined;
  root.replaceChildren();
  const calendar = new Calendar(root, {
    plugins: [dayGrid, timeGrid, list, interaction, theme],
    initialView: wished || (isPhone ? "listWeek" : "dayGridMonth"),
    initialDate: root.dataset.date || undefined,
    headerToolbar: false,
    timeZone: root.dataset.zone || "UTC",
    locale: language,
    direction: document.dir === "rtl" ? "rtl" : "ltr",
    colorScheme: isDark() ? "dark" : "light",
    firstDay: Number(root.dataset.firstDay ?? 1),
    height: "auto",
    editable: true,
    eventDurationEditable: false,
    dayMaxEvents: 8, // the server sends fewer posts than that; the rest is events of other calendars
    nowIndicator: true,
    navLinks: true,
    navLinkClass: "cal-day",
    navLinkDayClick: (day) => calendar.changeView("timeGridDay", day),
    allDaySlot: false,
    defaultTimedEventDuration: "01:00", // a post has no length; this is how tall it is drawn in a week
    eventMinHeight: 46,
    slotEventOverlap: false,
    eventMaxStack: 3,
    listItemEventBeforeClass: "cal-none",
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventInteractive: true,
    noEventsContent: words("nothing"),
    moreLinkClass: "cal-more",
    moreLinkContent: (info: { num: number }) => words("more", { count: info.num }),
    lazyFetching: false, // a month tells of free slots otherwise than a week
    eventSources: [
      // Asked while the calendar is still being made, which knows its view only after that.
      { id: "posts", events: (range: Range) => Promise.resolve().then(() => fetchPosts(calendar, root, range)) },
      { events: (range: Range) => Promise.resolve().then(() => fetchPlaces(root.dataset.freeUrl ?? "", calendar.view.type, range.startStr, range.endStr)) },
    ],
    eventClass: (info: EventDisplayInfo) => (isShade(info.event) ? "" : isRest(info.event.extendedProps) ? "cal-rest" : isForeign(info.event.extendedProps) ? (info.event.extendedProps["closes"] ? "cal-foreign cal-closes" : "cal-foreign") : isPlace(info.event.extendedProps) ? "cal-place" : `cal-post cal-${info.event.extendedProps["state"] as string}`),
    eventContent: (info: EventDisplayInfo) => (isShade(info.event) ? undefined : { domNodes: isRest(info.event.extendedProps) ? restCard(info) : isForeign(info.event.extendedProps) ? foreignCard(info) : isPlace(info.event.extendedProps) ? placeCard(info) : card(info) }),
    eventDidMount: (info: { el: HTMLElement; event: EventApi }) => {
      if (isShade(info.event) || isPlace(info.event.extendedProps) || isForeign(info.event.extendedProps)) return;
      if (isRest(info.event.extendedProps)) return void (info.el.dataset.rest = info.event.id);
      dress(info.el, info.event);
      info.el.classList.toggle("is-chosen", isChosen(info.event.id));
    },
    eventClick: (info: Clicked) => {
      if (isForeign(info.event.extendedProps)) return;
      if (isRest(info.event.extendedProps)) return clickRest(calendar, root, info);
      if (isPlace(info.event.extendedProps)) return openDay(calendar, info.event);
      if (!info.jsEvent.shiftKey || isAhead(info.event.id)) return openPost(root, info);
      info.jsEvent.preventDefault();
      toggle(calendar, frame, info.event.id);
    },
    eventsSet: () => showLeft(frame, calendar.view.type),
    datesSet: (info: { view: { title: string; type: string }; startStr: string }) => {
      root.dataset.shows = info.view.type;
      requestAnimationFrame(() => showToday(root));
      show(frame, info.view);
      keepPlace(root, info.view.type, calendar.getDate().toISOString().slice(0, 10));
    },
    eventDrop: (info: { event: EventApi; oldEvent: EventApi; jsEvent: MouseEvent; revert: () => void }) => {
      const dragged = { id: info.event.id, title: info.event.title, from: info.oldEvent.startStr, to: info.event.startStr };
      const isCopy = info.jsEvent.altKey;
      if (isCopy) info.revert();
      void change(calendar, root, dragged, isCopy ? copy : move, isCopy ? () => undefined : info.revert);
    },
    eventDragStop: (info: { event: EventApi; jsEvent: MouseEvent }) => {
      if (isPiece(info.event.id) && isOverTray(frame, info.jsEvent)) void putBack(calendar, root, frame, asMove(info.event)).catch(() => undefined);
    },
    dragRevertDuration: 0,
    droppable: true,
    drop: (info: { draggedEl: HTMLElement; dateStr: string }) => void putOn(calendar, root, info.draggedEl, info.dateStr).catch(() => undefined),
  } as ConstructorParameters<typeof Calendar>[1]);
  calendar.render();
  startList(calendar, root, frame);
  startFocus(root);
  speakAsShown(root);
  document.addEventListener("theme-changed", () => calendar.setOption("colorScheme", isDark() ? "dark" : "light"));
  document.body.addEventListener("calendar-changed", () => calendar.refetchEvents());
  frame.addEventListener("click", (event) => press(calendar, event));
  frame.addEventListener("click", (event) => pressChosen(calendar, root, frame, event));
  root.addEventListener("keydown", (event) => pressOnPost(calendar, root, frame, event));
  startUndo(() => calendar.refetchEvents());
  addEventListener("popstate", () => goBack(calendar, root));
  startTray(calendar, root, frame, (title, give) => askTime(words("move_to"), words("move_now"), title, `${calendar.getDate().toISOString().slice(0, 10)}T09:00`, give));
}

/** Scrolls a week that is wider than the screen as far sideways as today needs. */
function showToday(root: HTMLElement): void {
  const room = root.parentElement;
  const day = root.querySelector("[aria-current=date]")?.getBoundingClientRect();
  if (!room || !day) return;
  const seen = room.getBoundingClientRect();
  room.scrollLeft += Math.max(0, day.right - seen.right) + Math.min(0, day.left - seen.left);
}

/** Takes off names that hide what is written in a cell (WCAG 2.5.3): "Mon 16" must be spoken where it is read. */
function speakAsShown(root: HTMLElement): void {
  const check = () =>
    root.querySelectorAll<HTMLElement>("[role=gridcell][aria-label], [role=columnheader][aria-label], [role=link][aria-label]").forEach((cell) => {
      if (!cell.ariaLabel?.includes((cell.textContent ?? "").trim())) cell.removeAttribute("aria-label");
    });
  new MutationObserver(check).observe(root, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
  check();
}

/** The post opens at the side of the calendar, where the page has room for that. */
function openPost(root: HTMLElement, info: Clicked): void {
  if (isPiece(info.event.id) || isAhead(info.event.id)) return; // its own page, as the link says
  const url = (root.dataset.panelUrl ?? "").replace("{id}", info.event.id);
  if (url && !isForElsewhere(info.jsEvent) && openSide(url, info.el)) info.jsEvent.preventDefault();
}

function clickRest(calendar: Calendar, root: HTMLElement, info: Clicked): void {
  if (isForElsewhere(info.jsEvent)) return;
  info.jsEvent.preventDefault();
  openRest(calendar, root, info.event);
}

/** A month's line of free slots leads to its day. */
function openDay(calendar: Calendar, event: EventApi): void {
  const day = event.extendedProps["day"] as string | undefined;
  if (day) calendar.changeView("timeGridDay", day);
}

/** Keeps view and day in the address and in the filters' links, so that neither a filter nor "back" loses the place. */
function keepPlace(root: HTMLElement, view: string, day: string): void {
  if (!root.dataset.keepsPlace) return;
  const placed = (address: string): string => {
    const url = new URL(address, location.href);
    url.searchParams.set("view", view);
    url.searchParams.set("date", day);
    return url.href;
  };
  history.replaceState(null, "", placed(location.href));
  document.querySelectorAll<HTMLInputElement>("[data-keep-layout]").forEach((field) => (field.value = buttonOf(view)));
  document.querySelectorAll<HTMLAnchorElement>("[data-filters] a").forEach((link) => (link.href = placed(link.href)));
}

/** Moves or copies a post, and with it all that were chosen with it, as far as it went. Refused, everything goes back. */
async function change(calendar: Calendar, root: HTMLElement, wanted: Move, act: (root: HTMLElement, moves: Move[]) => Promise<void>, revert: () => void): Promise<void> {
  const others = movedWith(calendar, wanted.id).filter((id) => id !== wanted.id);
  const moves = others.flatMap((id) => {
    const one = known(calendar, id);
    return one ? [{ id, title: one.title, from: one.from, to: alike(wanted, one.from) }] : [];
  });
  try {
    await act(root, [wanted, ...moves]);
  } catch {
    revert();
  }
  calendar.refetchEvents();
}

/** On a post in focus: `m` moves it, `c` copies it, `x` chooses it, `t` puts a piece back into the tray; the same as dragging. */
function pressOnPost(calendar: Calendar, root: HTMLElement, frame: HTMLElement, event: KeyboardEvent): void {
  const id = (event.target as Element).closest<HTMLElement>("[data-post]")?.dataset.post;
  if (!id || isAhead(id) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "m" || event.key === "c") ask(calendar, root, id, event.key === "c");
  else if (event.key === "x") toggle(calendar, frame, id);
  else if (event.key === "t" && isPiece(id) && frame.querySelector("[data-tray-room]")) {
    const found = calendar.getEventById(id);
    if (found) void putBack(calendar, root, frame, asMove(found)).catch(() => undefined);
  }
}

const asMove = (event: EventApi): Move => ({ id: event.id, title: event.title, from: event.startStr, to: "" });

function pressChosen(calendar: Calendar, root: HTMLElement, frame: HTMLElement, event: MouseEvent): void {
  const wanted = (event.target as Element).closest<HTMLElement>("[data-chosen-do]")?.dataset.chosenDo;
  const first = firstChosen(wanted === "copy");
  if (wanted === "clear") clearChosen(frame);
  else if (wanted && first) ask(calendar, root, first, wanted === "copy");
}

/** Asks for another time of the post; what was chosen with it moves as far. */
function ask(calendar: Calendar, root: HTMLElement, id: string, isCopy: boolean): void {
  const found = known(calendar, id);
  if (!found || (!isCopy && !found.canMove)) return;
  const [heading, button, act] = isCopy ? [words("copy_to"), words("copy_now"), copy] : [words("move_to"), words("move_now"), move];
  askTime(heading, button, found.title, found.from, (to) => void change(calendar, root, { id, title: found.title, from: found.from, to }, act, () => undefined));
}

function askTime(heading: string, button: string, title: string, time: string, give: (time: string) => void): void {
  const dialog = document.getElementById("move-to") as HTMLDialogElement | null;
  const field = dialog?.querySelector<HTMLInputElement>("input[type=datetime-local]");
  if (!dialog || !field) return;
  field.value = wallTime(time);
  dialog.querySelector("#move-title")!.textContent = heading;
  dialog.querySelector("[value=move]")!.textContent = button;
  dialog.querySelector("[data-move-title]")!.textContent = title;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.returnValue === "move" && field.value && give(field.value), { once: true });
}

/** The button of a view: a day's list is a list. */
const buttonOf = (view: string): string => (view === "listDay" ? "listWeek" : view);

/** Going back in the browser leads to the month or week from which a day was opened. */
function goBack(calendar: Calendar, root: HTMLElement): void {
  const asked = new URLSearchParams(location.search);
  const view = asked.get("view");
  if (view && root.dataset.keepsPlace) calendar.changeView(view, asked.get("date") ?? undefined);
}

function press(calendar: Calendar, event: MouseEvent): void {
  const wish = (event.target as Element).closest<HTMLElement>("[data-calendar-do]")?.dataset.calendarDo;
  if (wish === "prev") calendar.prev();
  else if (wish === "next") calendar.next();
  else if (wish === "today") calendar.today();
  else if (wish) calendar.changeView(wish);
}

function show(frame: HTMLElement, view: { title: string; type: string }): void {
  const title = frame.querySelector("[data-calendar-title]");
  if (title) title.textContent = view.title;
  frame.querySelectorAll<HTMLElement>("[data-calendar-do]").forEach((button) => {
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(button.dataset.calendarDo === buttonOf(view.type)));
  });
}

startSide();
document.querySelectorAll<HTMLElement>("[data-calendar]").forEach(start);
