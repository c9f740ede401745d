/** Which place stands at which address. A place is loaded when it is first opened. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { currentMe } from "../api/me.ts";
import { currentModel, loadModel } from "../api/model.ts";
import { Failed } from "../ui/say.tsx";
import { adminPlaces } from "./admin-places.ts";
import { groupsOf } from "./groups.ts";
import { NotFound, Shell } from "./shell.tsx";

/** What a list's address holds. */
export interface ListSearch {
  /** The saved view. */
  view?: string;
  q?: string;
  /** Unsaved changes of the view. */
  draft?: unknown;
  /** The record that is open beside the list. */
  peek?: string;
  /** A record is being made. */
  new?: boolean;
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    if (!currentModel()) await loadModel();
    const model = currentModel();
    const objects = model ? groupsOf(model, "en").flatMap((group) => group.objects) : [];
    const last = objects.find((object) => object.plural_api_name === localStorage.getItem("tessera.last"));
    const plural = (last ?? objects[0])?.plural_api_name;
    if (plural !== undefined) throw redirect({ to: "/o/$plural", params: { plural }, replace: true });
    if (model) throw redirect({ to: "/model", replace: true });
  },
});

const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);

const list = createRoute({
  getParentRoute: () => root,
  path: "/o/$plural",
  validateSearch: (search): ListSearch => {
    const [view, q, peek] = [text(search["view"]), text(search["q"]), text(search["peek"])];
    return {
      ...(view !== undefined && { view }),
      ...(q !== undefined && { q }),
      ...(peek !== undefined && { peek }),
      ...(search["new"] === true && { new: true }),
      ...(search["draft"] !== undefined && { draft: search["draft"] }),
    };
  },
  component: lazyRouteComponent(() => import("./list-place.tsx")),
});

const record = createRoute({
  getParentRoute: () => root,
  path: "/o/$plural/$id",
  component: lazyRouteComponent(() => import("../record/page.tsx")),
});

const model = createRoute({
  getParentRoute: () => root,
  path: "/model",
  validateSearch: (search): { new?: boolean } => (search["new"] === true ? { new: true } : {}),
  component: lazyRouteComponent(() => import("../model/page.tsx")),
});

const designer = createRoute({
  getParentRoute: () => root,
  path: "/model/$object",
  component: lazyRouteComponent(() => import("../model/designer.tsx")),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: async () => {
    if (!currentModel()) await loadModel();
    const [me, model] = [currentMe(), currentModel()];
    const first = me && model && adminPlaces(me, model)[0];
    throw redirect({ to: first?.to ?? "/admin/members", replace: true });
  },
});
const members = createRoute({ getParentRoute: () => root, path: "/admin/members", component: lazyRouteComponent(() => import("../admin/members.tsx")) });
const teams = createRoute({ getParentRoute: () => root, path: "/admin/teams", component: lazyRouteComponent(() => import("../admin/teams.tsx")) });
const roles = createRoute({ getParentRoute: () => root, path: "/admin/roles", component: lazyRouteComponent(() => import("../admin/roles.tsx")) });
const role = createRoute({ getParentRoute: () => root, path: "/admin/roles/$role", component: lazyRouteComponent(() => import("../admin/role.tsx")) });
const keys = createRoute({ getParentRoute: () => root, path: "/admin/keys", component: lazyRouteComponent(() => import("../admin/keys.tsx")) });
const bin = createRoute({
  getParentRoute: () => root,
  path: "/admin/bin",
  validateSearch: (search): { of?: string } => {
    const of = text(search["of"]);
    return of === undefined ? {} : { of };
  },
  component: lazyRouteComponent(() => import("../admin/bin.tsx")),
});

const lists = createRoute({ getParentRoute: () => root, path: "/lists", component: lazyRouteComponent(() => import("./lists.tsx")) });
const find = createRoute({ getParentRoute: () => root, path: "/find", component: lazyRouteComponent(() => import("./find.tsx")) });
const me = createRoute({ getParentRoute: () => root, path: "/me", component: lazyRouteComponent(() => import("../profile/page.tsx")) });

export const router = createRouter({
  routeTree: root.addChildren([home, list, record, model, designer, admin, members, teams, roles, role, keys, bin, lists, find, me]),
  defaultPreload: "intent",
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  defaultPendingMs: 150,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
