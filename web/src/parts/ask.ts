/** Asks the server and keeps the answer under one key per operation, so that live events know what to patch. */
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { notifications } from "@mantine/notifications";
import { ApiError, call, type Name, type Result, type Words } from "../api.ts";

/** The key of an answer: `[operation, words]`. */
export const keyOf = <N extends Name>(name: N, words: Words<N>) => [name, words] as const;

export function useAsk<N extends Name>(
  name: N,
  words: Words<N>,
  how: { readonly enabled?: boolean; readonly every_ms?: number | false } = {},
): UseQueryResult<Result<N>> {
  return useQuery<Result<N>>({
    queryKey: keyOf(name, words),
    queryFn: ({ signal }) => call(name, words, signal),
    enabled: how.enabled ?? true,
    refetchInterval: how.every_ms ?? false,
  });
}

/** Changes something: says so, or says why not, and has everything that could show it asked again. */
export function useDo<N extends Name>(name: N, said?: string | ((result: Result<N>) => string)) {
  const queries = useQueryClient();
  return useMutation<Result<N>, Error, Words<N>>({
    mutationFn: (words) => call(name, words),
    onSuccess: (result) => {
      const message = typeof said === "function" ? said(result) : said;
      if (message !== undefined) notifications.show({ message, color: "green" });
    },
    onError: (error) => complain(error),
    onSettled: () => queries.invalidateQueries(),
  });
}

/** What the server refused, in its words, with the next step. */
export function complain(error: unknown): void {
  const problem = error instanceof ApiError ? error.problem : null;
  notifications.show({
    color: "red",
    title: problem?.detail ?? (error instanceof Error ? error.message : String(error)),
    message: problem?.fix ?? "Try again.",
    autoClose: 12_000,
  });
}
