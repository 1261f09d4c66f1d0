import { parsed } from "../page/server";
import type { Became, Row } from "./row";

const everyMs = 1500;
const askedAtOnce = 50;

/** Asks what became of files that were sent, all in one request, until each has ended. */
export class Watch {
  private readonly rows = new Map<string, Row>();
  private timer: number | undefined;

  constructor(
    private readonly url: string,
    private readonly onEnd: () => void,
  ) {}

  /** Whether there is somebody to ask. */
  add(key: string, row: Row): boolean {
    if (!this.url || !key) return false;
    this.rows.set(key, row);
    this.timer ??= window.setTimeout(() => void this.ask(), everyMs / 3);
    return true;
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    const keys = [...this.rows.keys()].slice(0, askedAtOnce);
    const query = new URLSearchParams(keys.map((key) => ["key", key]));
    try {
      const answer = await fetch(`${this.url}?${query}`, { headers: { Accept: "application/json" } });
      if (answer.ok) this.tell((parsed(await answer.text())["uploads"] as Became[] | undefined) ?? []);
    } catch {
      // The server does not answer now; it is asked again.
    }
    if (this.rows.size) this.timer = window.setTimeout(() => void this.ask(), everyMs);
  }

  private tell(uploads: Became[]): void {
    let hasEnded = false;
    for (const told of uploads) {
      this.rows.get(told.key)?.became(told);
      if (!told.is_ended) continue;
      this.rows.delete(told.key);
      hasEnded = true;
    }
    if (hasEnded) this.onEnd();
  }
}
