/** A post as the calendar shows it: built as nodes, so that no text becomes markup. */
import type { EventApi, EventDisplayInfo } from "fullcalendar";
import { words } from "../page/words";

/** One post as the server tells it. */
export interface Post {
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
  warning?: string; // it goes out, and somebody should know this of its time or its neighbours
  elsewhere?: string; // the time where its audience is, when that is another one
  can_move?: boolean;
  is_of_series?: boolean; // made by a rule, or to be made by one
}

/** Time, state, channels, first words and picture. */
export function card(info: EventDisplayInfo): Node[] {
  const told = info.event.extendedProps as Post;
  const head = node("span", "cal-head");
  head.append(node("span", "cal-shape"), node("span", "cal-time", info.timeText), ...(told.is_of_series ? [again()] : []), ...icons(told.channels), node("span", "cal-state", told.state_word));
  const body = node("span", "cal-body");
  if (told.thumb) body.append(picture(told.thumb, "", "cal-thumb"));
  body.append(node("span", "cal-words", info.event.title));
  const whole = node("span", "cal-card");
  whole.append(head, body);
  if (told.warning && !told.problem) whole.append(node("span", "cal-warned", words("warned")));
  if (told.is_at_risk) whole.append(node("span", "cal-risk", words("at_risk")));
  return [whole];
}

function again(): HTMLElement {
  const made = node("span", "cal-again", "↻");
  Object.assign(made, { role: "img", ariaLabel: words("of_series"), title: words("of_series") });
  return made;
}

export const icons = (channels: Post["channels"] = []): HTMLElement[] => channels.map(channelIcon);

function channelIcon(channel: { name: string; icon: string }): HTMLElement {
  const made = node("span", "cal-channel");
  const model = document.getElementById(`channel-icon-${channel.icon}`) as HTMLTemplateElement | null;
  if (model) made.append(model.content.cloneNode(true));
  Object.assign(made, { role: "img", ariaLabel: channel.name, title: channel.name });
  return made;
}

export function node(tag: string, className: string, text = ""): HTMLElement {
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

export function dress(element: HTMLElement, event: EventApi): void {
  const told = event.extendedProps as Post;
  element.dataset.state = told.state;
  element.dataset.post = event.id;
  element.title = [told.problem, told.warning, told.elsewhere].filter(Boolean).join(" · ");
}
