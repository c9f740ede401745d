/** What the places of administration share: the bar, the tabs between them, and what stands there until an answer comes. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe } from "../api/me.ts";
import { useModel } from "../api/model.ts";
import { type AdminPlace, adminPlaces } from "../app/admin-places.ts";
import { useTitle } from "../app/title.ts";
import { Icon } from "../ui/icon.tsx";
import { Failed, Say } from "../ui/say.tsx";
import english from "../words/en/admin.json";
import { addWords, useWords } from "../words/index.ts";
import "./admin.css";

addWords("admin", english);

interface Properties {
  name: AdminPlace["name"];
  /** The one act of the place. */
  act?: ReactNode;
  children: () => ReactNode;
}

export function Place({ name, act, children }: Properties) {
  const t = useWords();
  const me = useMe();
  const places = adminPlaces(me, useModel());
  const may = places.some((place) => place.name === name);
  const title = t(`shell.${name}`);
  useTitle(title);
  return (
    <>
      <header className="bar">
        <h1>
          <Icon name="settings" />
          {t("shell.admin")}
        </h1>
        <span className="grow" />
        {may && act}
      </header>
      {places.length > 0 && (
        <nav className="bar views" aria-label={t("shell.admin")}>
          <div className="tabs">
            {places.map((place) => (
              <Link key={place.name} to={place.to} className={`tab ${place.name === name ? "on" : ""}`} aria-current={place.name === name ? "page" : undefined}>
                {t(`shell.${place.name}`)}
              </Link>
            ))}
          </div>
        </nav>
      )}
      {may ? (
        <div className="admin" role="group" aria-label={title} tabIndex={0}>
          {children()}
        </div>
      ) : (
        <Say icon="lock" title={t("admin.forbidden", { what: title })} detail={t("states.forbiddenDetail", { tenant: me.tenant.name })} />
      )}
    </>
  );
}

/** What an answer holds, once it is there. */
export function Answered<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const t = useWords();
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="bones-rows" role="status" aria-label={t("common.loading")}>
      {[60, 40, 50, 45].map((width) => (
        <span key={width} className="bone" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

interface Rows {
  /** Says how wide its columns are. */
  className: string;
  title: string;
  /** The heads of its columns. One without a head is added for the acts on a row. */
  columns: string[];
  children: ReactNode;
}

export function Rows({ className, title, columns, children }: Rows) {
  return (
    <table className={`rows ${className}`}>
      <caption className="hidden">{title}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
