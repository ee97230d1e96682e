/** Where a table becomes cards: a telephone held upright. */
import { useMediaQuery } from "@mantine/hooks";

export const useNarrow = (): boolean =>
  useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
