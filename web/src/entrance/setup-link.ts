/** Reading the one-time link: `…/setup#TOKEN`. The token is in the fragment, which browsers send to no server. */

/** Null where there is none. `…/setup?token=TOKEN` and the bare token are understood, too. */
export function tokenIn(text: string): string | null {
  const trimmed = text.trim();
  if (isToken(trimmed)) return trimmed;
  const url = URL.parse(trimmed);
  if (url === null || url.pathname !== "/setup") return null;
  const fragment = url.hash.slice(1);
  const found = fragment.startsWith("token=") ? fragment.slice("token=".length) : fragment;
  const token = found === "" ? (url.searchParams.get("token") ?? "") : found;
  return isToken(token) ? token : null;
}

const isToken = (text: string): boolean => /^[\w-]{20,200}$/.test(text);
