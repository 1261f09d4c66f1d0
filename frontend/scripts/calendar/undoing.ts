/** Steps that Ctrl-Z, or the button beside what was said of one, takes back: the last first. */
import { isWriting } from "../page/keys";
import { say, undoLabel } from "../page/toasts";

type Undo = () => Promise<void>;

const undoable: Undo[] = [];

/** Says what was done, and keeps how it is undone. */
export function done(sentence: string, back: Undo): void {
  undoable.push(back);
  say(sentence, { level: "success", action: { label: undoLabel(), run: () => document.dispatchEvent(new CustomEvent("calendar-undo")) } });
}

/** Listens for both; `redraw` shows what is there afterwards. */
export function startUndo(redraw: () => void): void {
  const undo = () =>
    void undoable
      .pop()?.()
      .catch((problem: unknown) => void say((problem as Error).message, { level: "error" }))
      .then(redraw);
  document.addEventListener("calendar-undo", undo);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || isWriting(event.target) || !undoable.length) return;
    event.preventDefault();
    undo();
  });
}
