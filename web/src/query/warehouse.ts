/** What the pages ask about the warehouse and the saved queries, each under one key. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, type Result, type Words } from "../api.ts";
import { keyOf, useAsk } from "../parts/ask.ts";

export type Catalogue = Result<"get /api/warehouse">;
export type WarehouseTable = Catalogue[number];
export type SavedQuery = Result<"get /api/queries/{id}">;
export type QueryWords = Words<"post /api/queries">["body"];
export type Asked = Result<"get /api/warehouse/history">[number];

export const useCatalogue = () => useAsk("get /api/warehouse", {});
export const useSavedQueries = () => useAsk("get /api/queries", {});
export const useSavedQuery = (id: string | null) =>
  useAsk("get /api/queries/{id}", { params: { id: id ?? "" } }, { enabled: id !== null });

const HISTORY = { query: { limit: 200 } } as const;
export const useHistory = () => useAsk("get /api/warehouse/history", HISTORY);
export const historyKey = keyOf("get /api/warehouse/history", HISTORY);

/** What is stored of a saved query: what the server adds is left out. */
export const wordsOf = ({ name, description, sql, chart, viewName, materialise, alert }: SavedQuery): QueryWords => ({
  name,
  description,
  sql,
  chart,
  viewName,
  materialise,
  alert,
});

/** Null as `id`: a new one. */
export function useSaveQuery() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, words }: { readonly id: string | null; readonly words: QueryWords }) =>
      id === null
        ? call("post /api/queries", { body: words })
        : call("put /api/queries/{id}", { params: { id }, body: words }),
    onSuccess: async (saved) => {
      client.setQueryData(keyOf("get /api/queries/{id}", { params: { id: saved.id } }), saved);
      await client.invalidateQueries({ queryKey: ["get /api/queries"] });
      // Its view may have come, changed or gone.
      await client.invalidateQueries({ queryKey: ["get /api/warehouse"] });
    },
  });
}
