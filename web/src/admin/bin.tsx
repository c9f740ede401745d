/** The records in the bin, by object: to be restored, or destroyed for good. */

import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { type Binned, destroy, restore, useBinCounts, useBinned } from "../api/bin.ts";
import { knownLabel } from "../api/lookups.ts";
import { mayOpenBin, type ObjectType, pluralOf } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Face } from "../fields/parts/reference.tsx";
import { showMoment } from "../lib/dates.ts";
import { showNumber } from "../lib/numbers.ts";
import { Button, Ghost } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Icon } from "../ui/icon.tsx";
import { reasonOf } from "../ui/reason.ts";
import { Say } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { Answered, Place, Rows } from "./place.tsx";

export default function BinPage() {
  return <Place name="bin">{() => <Bin />}</Place>;
}

function Bin() {
  const t = useWords();
  const { model, language, locale } = useFieldContext();
  const objects = model.objects.filter(mayOpenBin);
  const { of } = useSearch({ from: "/admin/bin" });
  return (
    <Answered query={useBinCounts(objects)}>
      {(counts) => {
        const filled = objects.filter(({ api_name, plural_api_name }) => (counts.get(api_name) ?? 0) > 0 || plural_api_name === of);
        const shown = filled.find(({ plural_api_name }) => plural_api_name === of) ?? filled[0];
        if (!shown) return <Say icon="trash-2" title={t("admin.binEmpty")} detail={t("admin.binEmptyDetail")} />;
        return (
          <div className="bin">
            <nav className="bin-objects" aria-label={t("admin.objects")}>
              {filled.map((object) => (
                <Link
                  key={object.api_name}
                  to="/admin/bin"
                  search={{ of: object.plural_api_name }}
                  className={`place ${object === shown ? "on" : ""}`}
                  aria-current={object === shown ? "page" : undefined}
                >
                  <Icon name={object.icon ?? "shapes"} />
                  <span className="cut">{pluralOf(object, language)}</span>
                  <span className="count">{showNumber(counts.get(object.api_name) ?? 0, locale)}</span>
                </Link>
              ))}
            </nav>
            <Records key={shown.api_name} object={shown} />
          </div>
        );
      }}
    </Answered>
  );
}

function Records({ object }: { object: ObjectType }) {
  const t = useWords();
  const clock = useFieldContext();
  const query = useBinned(object, clock.model);
  const [destroying, setDestroying] = useState<Binned>();
  const nameOf = ({ label }: Binned) => label || t("common.untitled");
  const bringBack = async (record: Binned) => {
    try {
      await restore(object, record.id);
      say(t("record.restored", { name: nameOf(record) }));
    } catch (error) {
      say(reasonOf(error, object), { bad: true });
    }
  };
  return (
    <Answered query={query}>
      {({ pages }) => {
        const records = pages.flatMap((page) => page.records);
        if (records.length === 0) return <Say icon="trash-2" title={t("admin.binEmpty")} detail={t("admin.binEmptyDetail")} />;
        return (
          <div className="grow">
            <Rows className="is-bin" title={pluralOf(object, clock.language)} columns={[t("common.name"), t("admin.deleted"), t("admin.deletedBy")]}>
              {records.map((record) => (
                <tr key={record.id}>
                  <th scope="row" className="cut">
                    <Link to="/o/$plural/$id" params={{ plural: object.plural_api_name, id: record.id }} className="value-link">
                      {nameOf(record)}
                    </Link>
                  </th>
                  <td className="muted num">{showMoment(record.deleted_at, clock)}</td>
                  <td className="muted">{record.deleted_by !== null && <Face name={knownLabel(record.deleted_by) ?? t("record.somebody")} />}</td>
                  <td className="acts">
                    {object.permissions.restore && (
                      <Ghost ink icon="undo-2" aria-label={`${t("record.restore")}: ${nameOf(record)}`} onClick={() => void bringBack(record)}>
                        {t("record.restore")}
                      </Ghost>
                    )}
                    {object.permissions.destroy && (
                      <Ghost aria-label={t("admin.destroyTitle", { name: nameOf(record) })} onClick={() => setDestroying(record)}>
                        {t("admin.destroy")}
                      </Ghost>
                    )}
                  </td>
                </tr>
              ))}
            </Rows>
            {query.hasNextPage && (
              <Button className="more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("admin.showMore")}
              </Button>
            )}
            {destroying && (
              <Confirm
                title={t("admin.destroyTitle", { name: nameOf(destroying) })}
                detail={t("admin.destroyDetail")}
                typed={nameOf(destroying)}
                act={t("admin.destroyAct")}
                onClose={() => setDestroying(undefined)}
                onAct={async () => {
                  await destroy(object, destroying.id);
                  say(t("admin.destroyed", { name: nameOf(destroying) }));
                }}
              />
            )}
          </div>
        );
      }}
    </Answered>
  );
}
