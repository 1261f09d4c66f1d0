/**
 * What changes the calendar, each as one step that Ctrl-Z takes back: moving one or several, copying, giving a piece its day.
 * A piece that has no post yet is called `piece-` and its number; everything else is a post.
 */
import { follow } from "./choosing";
import { done } from "./undoing";
import { post, reason, Refused } from "../page/server";
import { say } from "../page/toasts";
import { language, words } from "../page/words";

/** One post or piece, and where it goes: wall-clock times in the calendar's zone, as ISO 8601. */
export interface Move {
  id: string;
  title: string;
  from: string;
  to: string;
}

/** Moves them together: all or, where the server refuses one, none. Throws what it said. */
export async function move(root: HTMLElement, moves: Move[], canUndo = true): Promise<void> {
  const [first] = moves;
  if (!first) return;
  const told = moves.length > 1 ? { title: words("posts_chosen", { count: moves.length }), time: spoken(first.to) } : { title: first.title, time: spoken(first.to) };
  await asked(first, moves.length, () => sendMoves(root, moves));
  follow(moves);
  if (!canUndo) return void say(words("moved_back", told), { level: "success" });
  done(words("moved", told), () => move(root, moves.map((one) => ({ ...one, from: one.to, to: one.from })), false));
}

/** Copies them to their new times; the copies go off the calendar again by one undo. */
export async function copy(root: HTMLElement, moves: Move[]): Promise<void> {
  const made: string[] = [];
  for (const one of moves) {
    const answer = await asked(one, 1, () => post(address(root, isPiece(one.id) ? "copyDraftUrl" : "copyUrl", one.id), at(one.to)));
    made.push(answer["id"] as string);
  }
  const title = moves.length > 1 ? words("posts_chosen", { count: moves.length }) : (moves[0]?.title ?? "");
  done(words("copied_to", { title, time: spoken(moves[0]?.to ?? "") }), async () => {
    for (const id of made) await (isPiece(id) ? wish(root, id, "") : post(address(root, "uncopyUrl", id), new URLSearchParams()));
  });
}

/** Gives a piece its day, or with nothing takes it away. */
export async function wish(root: HTMLElement, id: string, time: string): Promise<void> {
  await post(address(root, "wishUrl", id), at(time));
}

/** From the tray onto a day; one undo puts it back. */
export async function place(root: HTMLElement, wanted: Move, putBack: () => void): Promise<void> {
  await asked(wanted, 1, () => wish(root, wanted.id, wanted.to));
  done(words("moved", { title: wanted.title, time: spoken(wanted.to) }), async () => {
    await wish(root, wanted.id, "");
    putBack();
  });
}

/** From its day back into the tray; one undo gives the day back. */
export async function takeDay(root: HTMLElement, piece: Move, redraw: () => Promise<void>): Promise<void> {
  await asked(piece, 1, () => wish(root, piece.id, ""));
  done(words("day_taken", { title: piece.title }), async () => {
    await wish(root, piece.id, piece.from);
    await redraw();
  });
}

/** The time, as long as it is moved with others as far as `moved` went. */
export function alike(moved: Move, from: string): string {
  const milliseconds = wall(from) + wall(moved.to) - wall(moved.from);
  return new Date(milliseconds).toISOString().slice(0, 16);
}

export const wallTime = (iso: string): string => iso.slice(0, 16);

/** A date of a series whose post is not made yet: it is looked at on its series' page, and nothing else. */
export const isAhead = (id: string): boolean => id.startsWith("series-");

export const isPiece = (id: string): boolean => id.startsWith("piece-");

async function sendMoves(root: HTMLElement, moves: Move[]): Promise<void> {
  const posts = moves.filter((one) => !isPiece(one.id));
  const [only] = posts;
  if (only && posts.length === 1) await post(address(root, "moveUrl", only.id), at(only.to));
  else if (posts.length) await post(root.dataset.togetherUrl ?? "", together(posts));
  for (const one of moves.filter((each) => isPiece(each.id))) await wish(root, one.id, one.to);
}

function together(posts: Move[]): URLSearchParams {
  const body = new URLSearchParams();
  posts.forEach((one) => (body.append("post", one.id), body.append("at", wallTime(one.to))));
  return body;
}

async function asked<Answer>(about: Move, count: number, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (problem) {
    const title = count > 1 ? words("posts_chosen", { count }) : about.title;
    say(words("move_refused", { title, reason: (problem as Refused).message || reason({}) }), { level: "error" });
    throw problem;
  }
}

const at = (time: string): URLSearchParams => new URLSearchParams({ at: wallTime(time) });

const address = (root: HTMLElement, name: string, id: string): string => (root.dataset[name] ?? "").replace(/\{id\}|%7Bid%7D/, id.replace("piece-", ""));

const wall = (iso: string): number => Date.parse(`${wallTime(iso)}Z`);

function spoken(iso: string): string {
  return new Date(wall(iso)).toLocaleString(language, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
}
