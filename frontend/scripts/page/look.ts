/**
 * Search by picture: `<label data-look="…"><input type="file"></label>` sends a chosen picture, or one dropped on the search
 * box, and goes to what looks like it. The server answers `{"url": "…"}` or a problem with its reason.
 */
import { post, Refused } from "./server";
import { say } from "./toasts";
import { words } from "./words";

export function startLooking(): void {
  const label = document.querySelector<HTMLElement>("[data-look]");
  const box = label?.closest<HTMLElement>(".search-box");
  const input = label?.querySelector("input");
  if (!label || !box || !input) return;
  const url = label.dataset.look ?? "";
  input.addEventListener("change", () => void look(url, input.files));
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation(); // a drop anywhere else on the page is an upload
    void look(url, event.dataTransfer?.files);
  });
}

async function look(url: string, files: FileList | null | undefined): Promise<void> {
  const file = files?.[0];
  if (!file) return;
  const body = new FormData();
  body.append("file", file);
  try {
    const told = await post(url, body);
    window.location.assign(String(told["url"]));
  } catch (problem) {
    say(problem instanceof Refused ? problem.message : words("offline"), { level: "error" });
  }
}
