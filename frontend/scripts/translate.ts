/**
 * A translation beside its source. What is typed is kept by `autosave`, the buttons wait for it in `piece`; here are the keys
 * and what the translation memory offers: `<button data-insert="words">` puts its words into the passage it stands in.
 */
const passageOf = (element: Element | null): HTMLElement | null => element?.closest<HTMLElement>(".passage") ?? null;

/** Puts words where the cursor was, else at the end: a paragraph of their own after what stands there. */
function insert(button: HTMLElement): void {
  const field = passageOf(button)?.querySelector<HTMLTextAreaElement | HTMLInputElement>("textarea, input.form-control");
  if (!field) return;
  const end = field.value.length;
  const [from, to] = field.dataset.touched === undefined ? [end, end] : [field.selectionStart ?? end, field.selectionEnd ?? end];
  const gap = field instanceof HTMLTextAreaElement && /\S$/.test(field.value.slice(0, from)) ? "\n\n" : "";
  field.setRangeText(gap + (button.dataset.insert ?? ""), from, to, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(event: KeyboardEvent): void {
  const passage = passageOf(event.target as Element);
  if (!passage) return;
  const number = event.altKey && !event.ctrlKey ? Number(event.code.replace("Digit", "")) : 0;
  const offered = passage.querySelectorAll<HTMLElement>("[data-insert]")[number - 1];
  const done = event.ctrlKey && event.key === "Enter" ? passage.querySelector<HTMLElement>("[data-done]") : null;
  if (!offered && !done) return;
  event.preventDefault();
  if (offered) insert(offered);
  done?.click();
}

document.addEventListener("keydown", press);
document.addEventListener("focusin", (event) => {
  const field = event.target as HTMLElement;
  if (field.matches(".passage textarea, .passage input.form-control")) field.dataset.touched = "";
});
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-insert]");
  if (button) insert(button);
});
