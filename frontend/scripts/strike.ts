/** Striking words out of a transcript: with Shift, all words from the last click on follow it. */
let last: HTMLInputElement | undefined;

document.addEventListener("click", (event) => {
  const box = (event.target as Element).closest<HTMLInputElement>("[data-strike] [name=gone]");
  if (!box) return;
  const boxes = [...(box.closest("form")?.querySelectorAll<HTMLInputElement>("[name=gone]") ?? [])];
  const from = last ? boxes.indexOf(last) : -1;
  const to = boxes.indexOf(box);
  if (event.shiftKey && from >= 0) boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => (other.checked = box.checked));
  last = box;
});
