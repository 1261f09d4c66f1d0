/**
 * Uploads: `<div data-drop data-upload-url="…">` takes files dropped anywhere on the page or chosen in its `[data-drop-input]`.
 * Each goes up piece by piece (tus 1.0, three at a time), with its own bar; cut off, it goes on where it was, also after
 * the tab or the server was killed, when the same file is chosen again. `data-upload-asset` makes it a version of that asset.
 * `data-upload-list` names the list the rows go to; without one it is made after the drop. `data-upload-watch` is asked what
 * became of the files, so that nothing is called stored before it is.
 */
import Uppy from "@uppy/core";
import Tus from "@uppy/tus";
import type { Body, Meta, UppyFile } from "@uppy/core";
import { csrfToken, parsed, reason } from "./page/server";
import { say } from "./page/toasts";
import { Row } from "./upload/row";
import { checksumOf } from "./upload/checksum";
import { Watch } from "./upload/watch";
import { number, words } from "./page/words";

const atOnce = 3;
const pieceBytes = 8 * 1024 * 1024; // one is kept in memory to prove it, and at most one is sent twice
const retryAfterMs = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];

type Sent = UppyFile<Meta, Body>;

class Uploader {
  private readonly rows = new Map<string, Row>();
  private readonly uppy = new Uppy<Meta, Body>({ autoProceed: true, allowMultipleUploadBatches: true });
  private readonly watch: Watch;

  constructor(private readonly drop: HTMLElement) {
    this.watch = new Watch(drop.dataset.uploadWatch ?? "", () => this.arrived());
    this.uppy.use(Tus, {
      endpoint: drop.dataset.uploadUrl ?? "",
      limit: atOnce,
      chunkSize: pieceBytes,
      retryDelays: retryAfterMs,
      removeFingerprintOnSuccess: true,
      allowedMetaFields: ["name", "type", ...(drop.dataset.uploadAsset ? ["asset"] : [])],
      headers: () => ({ Accept: "application/json" }),
      onBeforeRequest: async (request, file) => {
        request.setHeader("X-CSRFToken", csrfToken());
        const at = request.getMethod() === "PATCH" ? request.getHeader("Upload-Offset") : undefined;
        const proof = at === undefined ? "" : await checksumOf(file.data as Blob, Number(at), pieceBytes);
        if (proof) request.setHeader("Upload-Checksum", proof);
      },
    });
    this.follow();
    this.listen();
  }

  private follow(): void {
    this.uppy.on("upload-progress", (file, progress) => {
      if (file) this.rows.get(file.id)?.progress(progress.bytesUploaded, progress.bytesTotal ?? 0);
    });
    this.uppy.on("upload-success", (file, answer) => file && this.sent(file, answer.uploadURL ?? ""));
    this.uppy.on("upload-error", (file, _error, answer) => {
      const said = parsed((answer?.body?.xhr as XMLHttpRequest | undefined)?.responseText ?? "");
      if (file) this.rows.get(file.id)?.become("failed", words("upload_failed", { reason: reason(said) }));
    });
    this.uppy.on("complete", () => this.settled());
  }

  private sent(file: Sent, url: string): void {
    const row = this.rows.get(file.id);
    if (!row) return;
    row.become("reading", words("checking"));
    const key = url.split("/").filter(Boolean).pop() ?? "";
    if (!this.watch.add(key, row)) row.become("done", words("received"));
  }

  private add(files: Iterable<File>): void {
    for (const file of files) this.addOne(file);
  }

  private addOne(file: File): void {
    const meta: Record<string, string> = this.drop.dataset.uploadAsset ? { asset: this.drop.dataset.uploadAsset } : {};
    const row = new Row(file.name, file.size);
    try {
      const id = this.uppy.addFile({ name: file.name, type: file.type, data: file, source: "drop", meta });
      this.rows.set(id, row);
      row.onPress((isStopped) => this.press(id, row, isStopped));
      this.list().append(row.element);
    } catch {
      // The same file is in the list already; its row says how it is getting on.
      const twin = [...this.rows.values()].find((other) => other.name === file.name);
      if (twin?.state === "failed") twin.press();
      else say(words("upload_twice", { name: file.name }), { level: "info" });
    }
  }

  private press(id: string, row: Row, isStopped: boolean): void {
    if (isStopped) {
      row.become("waiting", words("waiting"));
      void this.uppy.retryUpload(id);
      return;
    }
    this.uppy.removeFile(id); // tells the server to forget what is there of it
    this.rows.delete(id);
    row.become("cancelled", words("upload_cancelled"));
  }

  private listen(): void {
    const input = this.drop.querySelector<HTMLInputElement>("[data-drop-input]");
    input?.addEventListener("change", () => {
      this.add(input.files ?? []);
      input.value = "";
    });
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("is-dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("is-dropping");
    });
    document.addEventListener("drop", (event) => {
      document.body.classList.remove("is-dropping");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    addEventListener("beforeunload", (event) => {
      if (this.isBusy()) event.preventDefault();
    });
  }

  private list(): Element {
    const named = document.getElementById(this.drop.dataset.uploadList ?? "");
    if (named) return named;
    const made = document.createElement("ul");
    made.className = "uploads";
    made.id = this.drop.dataset.uploadList = `uploads-${Math.random().toString(36).slice(2)}`;
    this.drop.after(made);
    return made;
  }

  private isBusy(): boolean {
    return [...this.rows.values()].some((row) => row.state === "running" || row.state === "waiting");
  }

  /** All bytes of these files are there, or will not be: says how many, once. */
  private settled(): void {
    const rows = [...this.rows.values()];
    if (!rows.length) return;
    const sent = rows.filter((row) => row.state === "reading" || row.state === "done").length;
    say(words("uploads_done", { count: number(sent), total: number(rows.length) }), { level: sent === rows.length ? "success" : "warning" });
    this.arrived();
  }

  private arrived(): void {
    document.body.dispatchEvent(new CustomEvent("uploads-done", { bubbles: true }));
  }
}

document.querySelectorAll<HTMLElement>("[data-drop]").forEach((drop) => new Uploader(drop));
