import { words } from "./words";

/** What the server said when it would not do it: one sentence for a person, and the answer's data. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly data: Record<string, unknown>,
  ) {
    super(message);
  }
}

export const csrfToken = (): string => document.body.dataset.csrf ?? "";

/** Posts a form and gives back the answer's JSON (empty for none). Throws `Refused` with the server's own words. */
export async function post(url: string, body: FormData | URLSearchParams, signal?: AbortSignal): Promise<Record<string, unknown>> {
  let answer: Response;
  try {
    const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json", "X-Requested-With": "fetch" };
    answer = await fetch(url, { method: "POST", body, headers, signal: signal ?? null });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new Refused(words("offline"), 0, {});
  }
  const data = parsed(await answer.text());
  if (!answer.ok) throw new Refused(reason(data), answer.status, data);
  return data;
}

export function parsed(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) as Record<string, unknown>) ?? {};
  } catch {
    return {};
  }
}

/** The sentence of a problem+json answer. */
export function reason(data: Record<string, unknown>): string {
  const problems = data["problems"] as { message?: string }[] | undefined;
  const said = problems?.map((problem) => problem.message).filter(Boolean).join(" ");
  return said || (data["detail"] as string | undefined) || words("offline");
}
