/** Who is here decides what is shown: set-up on the first start, log-in, or the page itself. */
import { Center, Loader, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { ApiError, call, keepCsrfToken, onTurnedAway } from "../api.ts";
import { Failed } from "../parts/state.tsx";
import { keyOf } from "../parts/ask.ts";
import { Frame } from "./frame.tsx";
import { LoginForm } from "./login.tsx";
import { SessionContext, type Session } from "./session.ts";
import { tokenIn } from "./setup-link.ts";
import { SetupPage } from "./setup.tsx";

/** The page behind the log-in; its code is fetched while the log-in is shown. */
const loadShell = () => import("../shell/shell.tsx");
const Shell = lazy(() => loadShell().then(({ Shell: component }) => ({ default: component })));
const SESSION = keyOf("get /api/session", {});

/** A log-in is needed: not a failure, the answer. */
const isStranger = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 401;

export function Entrance() {
  const queries = useQueryClient();
  const [token] = useState(() => tokenIn(window.location.href));
  useEffect(() => {
    // The token belongs neither into the address bar nor into the browser's history.
    if (window.location.pathname === "/setup") window.history.replaceState(null, "", "/");
  }, []);
  const asked = useQuery<Session>({
    queryKey: SESSION,
    queryFn: async ({ signal }) => {
      const session = await call("get /api/session", {}, signal);
      keepCsrfToken(session.csrfToken);
      return session;
    },
  });
  useEffect(
    () =>
      onTurnedAway(() => {
        // The question who is here is among what is turned away: it is asked once, not in circles.
        const { status, fetchStatus } = queries.getQueryState(SESSION) ?? {};
        if (status === "success" && fetchStatus === "idle") void queries.refetchQueries({ queryKey: SESSION });
      }),
    [queries],
  );
  useEffect(() => void loadShell(), []);
  const enter = (session: Session) => {
    keepCsrfToken(session.csrfToken);
    queries.setQueryData(SESSION, session);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
  };
  if (asked.data !== undefined) return <Inside session={asked.data} over={isStranger(asked.error)} onEnter={enter} />;
  if (isStranger(asked.error)) return <Door onEnter={enter} token={token} />;
  if (asked.isError)
    return (
      <Frame title="Rollcall">
        <Failed error={asked.error} again={() => void asked.refetch()} />
      </Frame>
    );
  return <Waiting />;
}

interface Entering {
  readonly onEnter: (session: Session) => void;
}

/** The page. When the session ends under it, it stays as it is, with what was typed into it, behind the log-in. */
function Inside({ session, over, onEnter }: Entering & { readonly session: Session; readonly over: boolean }) {
  const [first] = useState(session.person.id);
  const someoneElse = session.person.id !== first;
  useEffect(() => {
    // What the one saw is not for the other: nothing of it stays.
    if (someoneElse) window.location.reload();
  }, [someoneElse]);
  if (someoneElse) return <Waiting />;
  return (
    <SessionContext value={session}>
      <Suspense fallback={<Waiting />}>
        <Shell />
      </Suspense>
      <Modal
        opened={over}
        onClose={() => undefined}
        withCloseButton={false}
        closeOnEscape={false}
        title="Your session has ended"
      >
        <LoginForm onEnter={onEnter} email={session.person.email} />
      </Modal>
    </SessionContext>
  );
}

/** In front of the page: the first person is set up, all others log in. */
function Door({ onEnter, token }: Entering & { readonly token: string | null }) {
  const asked = useQuery({ queryKey: keyOf("get /api/setup", {}), queryFn: () => call("get /api/setup", {}) });
  if (asked.isError)
    return (
      <Frame title="Rollcall">
        <Failed error={asked.error} again={() => void asked.refetch()} />
      </Frame>
    );
  if (asked.data === undefined) return <Waiting />;
  if (asked.data.needed) return <SetupPage onEnter={onEnter} demo={asked.data.demo} token={token} />;
  return (
    <Frame title="Log in to Rollcall">
      <LoginForm onEnter={onEnter} email="" />
    </Frame>
  );
}

function Waiting(): ReactNode {
  return (
    <Center h="100vh">
      <Loader role="status" aria-label="Loading Rollcall" />
    </Center>
  );
}
