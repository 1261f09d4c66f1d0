/**
 * The calendar: `<div data-calendar data-events-url data-move-url data-zone>` inside `[data-calendar-frame]`, whose buttons
 * carry `data-calendar-do` (prev, next, today, or a view's name). `data-events-url` is asked with `start` and `end` and answers
 * a list of posts; `data-move-url` (with `{id}`) is posted `at`, the new wall-clock time in the workspace's zone. What stands in
 * the calendar's place before is the server's own list, for readers without scripts. View and day are kept in the address.
 */
import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import theme from "fullcalendar/themes/breezy";
import timeGrid from "fullcalendar/timegrid";
import type { EventApi, EventDisplayInfo, EventInput } from "fullcalendar";
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/breezy/theme.css";
import "../styles/calendar.scss";
import { isWriting } from "./page/keys";
import { post, reason, Refused } from "./page/server";
import { isForElsewhere, openSide, startSide } from "./page/side";
import { isDark } from "./page/theme";
import { say, undoLabel } from "./page/toasts";
import { language, words } from "./page/words";

/** One post as the server tells it. */
interface Post {
  id: string;
  title: string; // the first words
  start: string; // ISO 8601 with offset
  state: string; // draft, scheduled, blocked …
  state_word: string; // the same for a person
  url: string;
  thumb?: string;
  channels?: { name: string; icon: string }[]; // icon: the drawing's template is `channel-icon-` and this
  problem?: string; // what stands in the way
  is_at_risk?: boolean; // nothing is wrong yet, and it would not go out as things are
  elsewhere?: string; // the time where its audience is, when that is another one
  can_move?: boolean;
}

interface Move {
  id: string;
  title: string;
  from: string;
  to: string;
}

const undoable: Move[] = [];

function start(root: HTMLElement): void {
  const frame = root.closest<HTMLElement>("[data-calendar-frame]") ?? document.body;
  const isPhone = matchMedia("(max-width: 47.99rem)").matches;
  const asked = new URLSearchParams(location.search).get("view") ?? root.dataset.view;
  const wished = frame.querySelector(`[data-calendar-do="${CSS.escape(asked ?? "")}"]`) ? asked : undefined;
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
    dayMaxEvents: 4,
    nowIndicator: true,
    navLinks: true,
    navLinkClass: "cal-day",
    navLinkDayClick: (day) => calendar.changeView("timeGridDay", day),
    allDaySlot: false,
    defaultTimedEventDuration: "01:00", // a post has no length; this is how tall it is drawn in a week
    eventMinHeight: 46,
    listItemEventBeforeClass: "cal-none",
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventInteractive: true,
    noEventsContent: words("nothing"),
    moreLinkClass: "cal-more",
    moreLinkContent: (info: { num: number }) => words("more", { count: info.num }),
    events: (range: { startStr: string; endStr: string }) => fetchPosts(root.dataset.eventsUrl ?? "", range.startStr, range.endStr),
    eventClass: (info: EventDisplayInfo) => `cal-post cal-${info.event.extendedProps["state"] as string}`,
    eventContent: (info: EventDisplayInfo) => ({ domNodes: card(info) }),
    eventDidMount: (info: { el: HTMLElement; event: EventApi }) => dress(info.el, info.event),
    eventClick: (info: { el: HTMLElement; event: EventApi; jsEvent: MouseEvent }) => openPost(root, info),
    datesSet: (info: { view: { title: string; type: string }; startStr: string }) => {
      show(frame, info.view);
      keepPlace(root, info.view.type, calendar.getDate().toISOString().slice(0, 10));
    },
    eventDrop: (info: { event: EventApi; oldEvent: EventApi; revert: () => void }) =>
      void move(root, { id: info.event.id, title: info.event.title, from: info.oldEvent.startStr, to: info.event.startStr }).catch(info.revert),
  } as ConstructorParameters<typeof Calendar>[1]);
  calendar.render();
  speakAsShown(root);
  document.addEventListener("theme-changed", () => calendar.setOption("colorScheme", isDark() ? "dark" : "light"));
  document.body.addEventListener("calendar-changed", () => calendar.refetchEvents());
  frame.addEventListener("click", (event) => press(calendar, event));
  root.addEventListener("keydown", (event) => openMove(calendar, root, event));
  document.addEventListener("keydown", (event) => undoKey(calendar, root, event));
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

async function fetchPosts(url: string, from: string, to: string): Promise<EventInput[]> {
  const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams({ start: from, end: to })}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    say(words("calendar_failed"), { level: "error" });
    return [];
  }
  const posts = (await answer.json()) as Post[];
  return posts.map((one) => ({ ...one, startEditable: one.can_move ?? false, extendedProps: { ...one } }));
}

/** Time, state, channels, first words and picture: built as nodes, so that no text becomes markup. */
function card(info: EventDisplayInfo): Node[] {
  const told = info.event.extendedProps as Post;
  const head = node("span", "cal-head");
  head.append(node("span", "cal-shape"), node("span", "cal-time", info.timeText));
  for (const channel of told.channels ?? []) head.append(channelIcon(channel));
  head.append(node("span", "cal-state", told.state_word));
  const body = node("span", "cal-body");
  if (told.thumb) body.append(picture(told.thumb, "", "cal-thumb"));
  body.append(node("span", "cal-words", info.event.title));
  const whole = node("span", "cal-card");
  whole.append(head, body);
  if (told.is_at_risk) whole.append(node("span", "cal-risk", words("at_risk")));
  return [whole];
}

function channelIcon(channel: { name: string; icon: string }): HTMLElement {
  const made = node("span", "cal-channel");
  const model = document.getElementById(`channel-icon-${channel.icon}`) as HTMLTemplateElement | null;
  if (model) made.append(model.content.cloneNode(true));
  Object.assign(made, { role: "img", ariaLabel: channel.name, title: channel.name });
  return made;
}

function node(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function picture(src: string, alt: string, className: string): HTMLImageElement {
  const made = document.createElement("img");
  Object.assign(made, { src, alt, className, loading: "lazy", title: alt });
  return made;
}

function dress(element: HTMLElement, event: EventApi): void {
  const told = event.extendedProps as Post;
  element.dataset.state = told.state;
  element.dataset.post = event.id;
  element.title = [told.problem, told.elsewhere].filter(Boolean).join(" · ");
}

/** The post opens at the side of the calendar, where the page has room for that. */
function openPost(root: HTMLElement, info: { el: HTMLElement; event: EventApi; jsEvent: MouseEvent }): void {
  const url = (root.dataset.panelUrl ?? "").replace("{id}", info.event.id);
  if (url && !isForElsewhere(info.jsEvent) && openSide(url, info.el)) info.jsEvent.preventDefault();
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
  document.querySelectorAll<HTMLAnchorElement>("[data-filters] a").forEach((link) => (link.href = placed(link.href)));
}

/** Asks the server; refused moves go back by themselves and say why. */
async function move(root: HTMLElement, wanted: Move, canUndo = true): Promise<void> {
  const url = (root.dataset.moveUrl ?? "").replace("{id}", wanted.id).replace("%7Bid%7D", wanted.id);
  try {
    await post(url, new URLSearchParams({ at: wallTime(wanted.to) }));
  } catch (problem) {
    say(words("move_refused", { title: wanted.title, reason: (problem as Refused).message || reason({}) }), { level: "error" });
    throw problem;
  }
  if (!canUndo) return void say(words("moved_back", { title: wanted.title, time: spoken(wanted.to) }), { level: "success" });
  undoable.push(wanted);
  const action = { label: undoLabel(), run: () => document.dispatchEvent(new CustomEvent("calendar-undo")) };
  say(words("moved", { title: wanted.title, time: spoken(wanted.to) }), { level: "success", action });
}

const wallTime = (iso: string): string => iso.slice(0, 16);

function spoken(iso: string): string {
  const wall = new Date(`${iso.slice(0, 16)}Z`);
  return wall.toLocaleString(language, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
}

async function undo(calendar: Calendar, root: HTMLElement): Promise<void> {
  const last = undoable.pop();
  if (!last) return;
  await move(root, { ...last, from: last.to, to: last.from }, false).catch(() => undefined);
  calendar.refetchEvents();
}

function undoKey(calendar: Calendar, root: HTMLElement, event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || isWriting(event.target) || !undoable.length) return;
  event.preventDefault();
  void undo(calendar, root);
}

/** `m` on a post in focus opens "Move to…": the same as dragging, for the keyboard. */
function openMove(calendar: Calendar, root: HTMLElement, event: KeyboardEvent): void {
  const element = (event.target as Element).closest<HTMLElement>("[data-post]");
  if (event.key !== "m" || !element) return;
  askMove(calendar, root, element.dataset.post ?? "");
}

function askMove(calendar: Calendar, root: HTMLElement, id: string): void {
  const found = calendar.getEventById(id);
  const dialog = document.getElementById("move-to") as HTMLDialogElement | null;
  const field = dialog?.querySelector<HTMLInputElement>("input[type=datetime-local]");
  if (!found?.startEditable || !dialog || !field) return;
  field.value = wallTime(found.startStr);
  dialog.querySelector("[data-move-title]")!.textContent = found.title;
  dialog.returnValue = "";
  dialog.showModal();
  const settle = () => {
    if (dialog.returnValue !== "move" || !field.value) return;
    const wanted = { id, title: found.title, from: found.startStr, to: field.value };
    void move(root, wanted)
      .catch(() => undefined)
      .then(() => calendar.refetchEvents());
  };
  dialog.addEventListener("close", settle, { once: true });
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
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(button.dataset.calendarDo === view.type));
  });
}

startSide();
document.querySelectorAll<HTMLElement>("[data-calendar]").forEach(start);
document.addEventListener("calendar-undo", () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true })));
