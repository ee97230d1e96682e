/** Tabs in one line: where it is too narrow for them it scrolls, and the chosen one is in sight. */
import { Tabs } from "@mantine/core";
import { useEffect, useRef } from "react";

export function TabList(props: {
  readonly label: string;
  readonly chosen: string;
  readonly tabs: readonly { readonly value: string; readonly label: string }[];
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [props.chosen]);
  return (
    <Tabs.List
      ref={list}
      aria-label={props.label}
      style={{ flexWrap: "nowrap", overflowX: "auto", overflowY: "hidden" }}
    >
      {props.tabs.map(({ value, label }) => (
        <Tabs.Tab key={value} value={value} style={{ flexShrink: 0 }}>
          {label}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}
