/** An instant as people ask for it: how long ago; the exact time beside or behind it. */
import { Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { dateTime, relative } from "./format.ts";

const TICK_MS = 15_000;

export function When(props: { readonly at: string | null; readonly never: string; readonly both?: boolean }) {
  const { at, never, both = false } = props;
  const now_ms = useNow(at !== null);
  if (at === null)
    return (
      <Text span size="sm" c="dimmed">
        {never}
      </Text>
    );
  const time = (
    <time dateTime={at} title={both ? at : `${dateTime(at)} (${at})`}>
      {relative(at, now_ms)}
    </time>
  );
  if (!both) return time;
  return (
    <Stack gap={0}>
      <Text span size="sm">
        {time}
      </Text>
      <Text span size="xs" c="dimmed">
        {dateTime(at)}
      </Text>
    </Stack>
  );
}

function useNow(wanted: boolean): number {
  const [now_ms, setNow_ms] = useState(Date.now);
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => setNow_ms(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [wanted]);
  // Whatever made the page draw again is later than the last tick.
  return Math.max(now_ms, Date.now());
}
