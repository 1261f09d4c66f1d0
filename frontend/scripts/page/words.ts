/** The sentence of that key in the reader's language, with `{name}`s filled in. */
const sentences: Record<string, string> = read();

function read(): Record<string, string> {
  const text = document.getElementById("words")?.textContent;
  return (text && (JSON.parse(text) as Record<string, string>)) || {};
}

export function words(key: string, values: Record<string, string | number> = {}): string {
  return (sentences[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const language = document.documentElement.lang.startsWith("en-") ? "en" : document.documentElement.lang || "en";

/** A number with thin spaces, as the server writes it. */
export function number(value: number): string {
  const text = String(Math.abs(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  return value < 0 ? `−${text}` : text;
}

/** A moment's hours and minutes for the reader. */
export function clockTime(moment: Date): string {
  return moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
}
