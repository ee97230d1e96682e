/** Computes a kept view at once. */
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api.ts";
import { say } from "../../query/warehouse.ts";

export function FillNow({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const fill = useMutation({
    mutationFn: () => call("post /api/queries/{id}/materialise", { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["queries"] }),
    onError: say,
  });
  return (
    <Button size="xs" variant="light" onClick={() => fill.mutate()} loading={fill.isPending}>
      Compute now
    </Button>
  );
}
