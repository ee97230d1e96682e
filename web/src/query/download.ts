/** The whole result of a query as a file. Not a plain link: the request carries the session's token and its SQL. */
import { useMutation } from "@tanstack/react-query";
import { send, type Words } from "../api.ts";
import { complain } from "../parts/ask.ts";

export type Format = Words<"post /api/warehouse/export">["body"]["format"];

export function useDownload() {
  return useMutation({
    mutationFn: async ({
      sql,
      format,
      name,
    }: {
      readonly sql: string;
      readonly format: Format;
      readonly name: string;
    }) => {
      const response = await send("post /api/warehouse/export", { body: { sql, format, name } });
      offer(await response.blob(), `${name}.${format}`);
    },
    onError: complain,
  });
}

function offer(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: some browsers begin to read only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
