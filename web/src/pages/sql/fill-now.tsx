/** Computes a kept view at once. */
import { Button } from "@mantine/core";
import { useDo } from "../../parts/ask.ts";

export function FillNow({ id }: { readonly id: string }) {
  const fill = useDo("post /api/queries/{id}/materialise", "Computed.");
  return (
    <Button size="xs" variant="light" onClick={() => fill.mutate({ params: { id } })} loading={fill.isPending}>
      Compute now
    </Button>
  );
}
