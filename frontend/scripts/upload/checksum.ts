/** What the piece from `at` on comes to, as tus says it; empty where the browser cannot tell (pages without https). */
export async function checksumOf(file: Blob, at: number, lengthBytes: number): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const piece = await file.slice(at, at + lengthBytes).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", piece));
  return `sha256 ${btoa(String.fromCharCode(...digest))}`;
}
