/** The frame of every page: header with navigation, and the page itself. */
import { AppShell, Box, Burger, Group, NavLink, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { useSession } from "../entrance/session.ts";
import { useLive } from "../live.ts";
import { ROUTES, type Route } from "../routes.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { may } from "./may.ts";
import { Pages } from "./pages.tsx";
import classes from "./shell.module.css";

const HEADER_PX = 56;

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [path] = useLocation();
  const connected = useLive();
  const { person } = useSession();
  useEffect(() => close(), [path, close]);
  const entries = ROUTES.filter(({ label, needs }) => label !== null && may(person.role, needs));
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { desktop: true, mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a href="#main" className={classes.skip}>
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: "sm", sm: "lg" }} gap="md" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? "Close navigation" : "Open navigation"}
            aria-expanded={opened}
          />
          <Brand />
          <Box component="nav" aria-label="Main" visibleFrom="sm" className={classes.bar}>
            {entries.map((route) => (
              <BarLink key={route.path} route={route} path={path} />
            ))}
          </Box>
          <Group ml="auto" gap="xs" wrap="nowrap">
            {connected ? null : <Reconnecting />}
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Main" aria-hidden={!opened}>
        {/* Not there while closed: neither the keyboard nor a screen reader shall find every link twice. */}
        {opened
          ? entries.map((route) => <MenuLink key={route.path} route={route} path={path} onClick={close} />)
          : null}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Pages />
      </AppShell.Main>
    </AppShell>
  );
}

function Brand() {
  return (
    <UnstyledButton component={Link} href="/" aria-label="Rollcall, overview" className={classes.brand}>
      <img src="/rollcall.svg" alt="" width={24} height={24} />
      <Text fw={700}>Rollcall</Text>
    </UnstyledButton>
  );
}

function BarLink({ route, path }: { readonly route: Route; readonly path: string }) {
  const here = isIn(route, path);
  return (
    <Link
      href={homeOf(route)}
      className={classes.link}
      aria-current={here ? "page" : undefined}
      data-here={here || undefined}
    >
      {route.label}
    </Link>
  );
}

function MenuLink(props: { readonly route: Route; readonly path: string; readonly onClick: () => void }) {
  const { route, path, onClick } = props;
  const here = isIn(route, path);
  return (
    <NavLink
      component={Link}
      href={homeOf(route)}
      label={route.label}
      active={here}
      aria-current={here ? "page" : undefined}
      onClick={onClick}
    />
  );
}

function Reconnecting() {
  return (
    <Group
      gap={4}
      wrap="nowrap"
      role="status"
      title="Live updates are interrupted; the page asks every few seconds until they are back."
    >
      <IconPlugConnectedX size={16} aria-hidden />
      <Text size="xs" c="dimmed" visibleFrom="xs">
        Reconnecting…
      </Text>
    </Group>
  );
}

/** `/settings/:tab?` → `/settings`. */
function homeOf({ path }: Route): string {
  return path.replace(/\/:.*$/, "") || "/";
}

function isIn(route: Route, path: string): boolean {
  const home = homeOf(route);
  return home === "/" ? path === "/" : path === home || path.startsWith(`${home}/`);
}
