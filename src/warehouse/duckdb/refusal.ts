/** How people's SQL is turned away. */
import { RollcallError } from "../../core/error.ts";

export function refused(message: string): RollcallError {
  return new RollcallError("QUERY_REFUSED", message);
}
