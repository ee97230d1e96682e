/** Which page is shown; a page that breaks takes only itself down. */
import { Component, Suspense, useEffect, type ReactNode } from "react";
import { Route, Switch, useLocation } from "wouter";
import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { useSession } from "../entrance/session.ts";
import { Empty, Failed, Loading } from "../parts/state.tsx";
import { ROUTES } from "../routes.tsx";
import { may } from "./may.ts";

export function Pages() {
  const { person } = useSession();
  const [path] = useLocation();
  const area = path.split("/").slice(0, 3).join("/");
  useEffect(() => {
    // Not the arrow itself: newer browsers answer with a promise, which is no clean-up.
    window.scrollTo(0, 0);
  }, [area]);
  return (
    <Guard key={area}>
      <Suspense fallback={<Loading what="the page" />}>
        <Switch>
          {ROUTES.map(({ path: pattern, needs, page: Page }) => (
            <Route key={pattern} path={pattern}>
              {may(person.role, needs) ? <Page /> : <NotAllowed needs={needs} />}
            </Route>
          ))}
          <Route>
            <Empty
              title="There is no such page"
              action={
                <Anchor component={Link} href="/">
                  To the overview
                </Anchor>
              }
            >
              The address may be mistyped, or what it showed is gone.
            </Empty>
          </Route>
        </Switch>
      </Suspense>
    </Guard>
  );
}

function NotAllowed({ needs }: { readonly needs: string }) {
  return (
    <Empty
      title="This page is not for your role"
      action={
        <Anchor component={Link} href="/">
          To the overview
        </Anchor>
      }
    >
      It needs the role {needs}. An admin can give it to you in Settings, People.
    </Empty>
  );
}

class Guard extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === null) return this.props.children;
    // A page whose code failed to load stays failed in memory: only loading anew helps.
    return <Failed error={this.state.error} again={() => window.location.reload()} />;
  }
}
