/** Colours and the account: what concerns the person, not the data. */
import { ActionIcon, Menu, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconBook2, IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { Link } from "wouter";
import { call } from "../api.ts";
import { useSession } from "../entrance/session.ts";
import { complain } from "../parts/ask.ts";
import { forgetDrafts } from "../query/drafts.ts";

export function AccountMenu() {
  return (
    <>
      <SchemeSwitch />
      <Account />
    </>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => setColorScheme(other)}
      aria-label={`Use ${other} colours`}
    >
      {scheme === "dark" ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  );
}

function Account() {
  const { person } = useSession();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${person.name}`}>
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={500} c="var(--mantine-color-text)">
            {person.name}
          </Text>
          {person.email} · {person.role}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item component={Link} href="/settings/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item component={Link} href="/api/docs" leftSection={<IconBook2 size={16} aria-hidden />}>
          API reference
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void logOut(person.id)}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The whole page is loaded anew, so that nothing of this session stays in memory; nor does it in the browser. */
async function logOut(person: string): Promise<void> {
  try {
    await call("delete /api/session", {});
    forgetDrafts(person);
    window.location.assign("/");
  } catch (error) {
    complain(error);
  }
}
