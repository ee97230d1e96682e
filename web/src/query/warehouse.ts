/** What the pages ask about the warehouse and the saved queries, each under one key. */
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, call, type Result, type Words } from "../api.ts";

export type Catalogue = Result<"get /api/warehouse">;
export type WarehouseTable = Catalogue[number];
export type SavedQuery = Result<"get /api/queries/{id}">;
export type QueryWords = Words<"post /api/queries">["body"];
export type Asked = Result<"get /api/warehouse/history">[number];

export const useCatalogue = () =>
  useQuery({ queryKey: ["warehouse"], queryFn: ({ signal }) => call("get /api/warehouse", {}, signal) });

export const useSavedQueries = () =>
  useQuery({ queryKey: ["queries"], queryFn: ({ signal }) => call("get /api/queries", {}, signal) });

export const useSavedQuery = (id: string | null) =>
  useQuery({
    queryKey: ["queries", id],
    queryFn: ({ signal }) => call("get /api/queries/{id}", { params: { id: id ?? "" } }, signal),
    enabled: id !== null,
  });

export const useHistory = () =>
  useQuery({
    queryKey: ["history"],
    queryFn: ({ signal }) => call("get /api/warehouse/history", { query: { limit: 200 } }, signal),
    staleTime: 0,
  });

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
      client.setQueryData(["queries", saved.id], saved);
      await client.invalidateQueries({ queryKey: ["queries"] });
      // Its view may have come, changed or gone.
      await client.invalidateQueries({ queryKey: ["warehouse"] });
    },
  });
}

export function useDeleteQuery() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call("delete /api/queries/{id}", { params: { id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["queries"] });
      await client.invalidateQueries({ queryKey: ["warehouse"] });
    },
    onError: say,
  });
}

/** For what has no place of its own on the page to say that it failed. */
export function say(error: unknown): void {
  const problem = error instanceof ApiError ? error.problem : null;
  notifications.show({
    color: "red",
    title: problem?.detail ?? (error instanceof Error ? error.message : String(error)),
    message: problem?.fix ?? "",
  });
}
