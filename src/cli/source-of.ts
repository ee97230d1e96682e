/** Which source a person means on the command line. */
import type { Result } from "../api/contract/client.ts";
import { RollcallError } from "../core/error.ts";
import { didYouMean } from "./nearest.ts";
import type { Remote } from "./remote.ts";
import { usage } from "./value.ts";

type Source = Result<"get /api/sources/{id}">;

/** By id, prefix or name; what people have at hand. Throws NO_SUCH_OBJECT, USAGE where a name is two sources'. */
export async function sourceOf(remote: Remote, word: string): Promise<Source> {
  const sources = await remote.call("get /api/sources", {});
  const exact = sources.find(({ id, prefix }) => id === word || prefix === word);
  if (exact !== undefined) return exact;
  const [named, other] = sources.filter(({ name }) => name === word);
  if (named !== undefined && other !== undefined)
    throw usage(`Two sources are called "${word}".`, `Give the prefix instead: ${named.prefix} or ${other.prefix}.`);
  if (named !== undefined) return named;
  const known = sources.flatMap(({ name, prefix }) => [prefix, name]);
  throw new RollcallError("NO_SUCH_OBJECT", `There is no source "${word}".${didYouMean(word, known)}`, {
    fix: "`rollcall sources` lists what is linked; any of id, prefix and name will do.",
  });
}
