/** Why may someone do this with a record, or why not: which role, and which of its conditions. */

import { useState } from "react";
import { type Reason, useExplanation } from "../api/explain.ts";
import { knownLabel } from "../api/lookups.ts";
import type { ObjectType } from "../api/model.ts";
import { useMembers } from "../api/people.ts";
import type { Action } from "../api/role.ts";
import { useRoles } from "../api/roles.ts";
import { administers, useMe } from "../api/me.ts";
import { useRoleName } from "../app/role-names.ts";
import { useFieldContext, widgetOf } from "../fields/index.ts";
import { Face, useRecordsOf } from "../fields/parts/reference.tsx";
import { Described } from "../filter/describe.tsx";
import { subjectAt } from "../filter/paths.ts";
import { type Json, readFilter } from "../filter/tree.ts";
import { Icon } from "../ui/icon.tsx";
import { Picker } from "../ui/picker.tsx";
import { reasonOf } from "../ui/reason.ts";
import { useWords } from "../words/index.ts";

export function WhyPane({ object, action }: { object: ObjectType; action: Action }) {
  const t = useWords();
  const me = useMe();
  const context = useFieldContext();
  const members = useMembers(administers(me, "members")).data ?? [{ user: me.user }];
  const [user, setUser] = useState<string>();
  const [record, setRecord] = useState<string>();
  const records = useRecordsOf(object, context, "");
  const { data, error } = useExplanation(object.api_name, action, user, record);
  const name = members.find((member) => member.user.id === user)?.user.name ?? "";
  const label = record === undefined ? t("admin.anyRecord") : (knownLabel(record) ?? t("common.untitled"));
  // To create there is no record yet.
  const isOfRecord = action !== "create" && object.permissions.read;
  return (
    <section className="pane">
      <header>
        <h2>{t("admin.why")}</h2>
      </header>
      <p className="muted">{t("admin.whyDetail")}</p>
      <div className="asked-of">
        <Picker
          label={t("admin.person")}
          choices={members.map((member) => ({ value: member.user.id, label: member.user.name, hint: member.user.email, look: <Face name={member.user.name} /> }))}
          chosen={user === undefined ? [] : [user]}
          said={name}
          onChange={([next]) => setUser(next)}
          trigger={
            <button type="button" className="input">
              <span className="cut grow">{name === "" ? <span className="muted">{t("admin.choosePerson")}</span> : <Face name={name} />}</span>
              <Icon name="chevron-down" size={14} />
            </button>
          }
        />
        {isOfRecord && (
          <Picker
            label={t("admin.record")}
            choices={[{ value: "", label: t("admin.anyRecord") }, ...records.choices]}
            chosen={record === undefined ? [""] : [record]}
            said={label}
            onSearch={records.search}
            busy={records.busy}
            onChange={([next]) => setRecord(next || undefined)}
            trigger={
              <button type="button" className="input">
                <span className="cut grow">{label}</span>
                <Icon name="chevron-down" size={14} />
              </button>
            }
          />
        )}
      </div>
      <div role="status">
        {error && <p className="bad-word">{reasonOf(error)}</p>}
        {data && (
          <>
            <p className={`verdict ${data.allowed ? "" : "is-no"}`}>
              <Icon name={data.allowed ? "check" : "x"} />
              {t(data.allowed ? "admin.mayIt" : "admin.mayNotIt", { name, action: t(`admin.doing.${action}`) })}
            </p>
            <ul className="reasons">
              {(data.allowed ? data.because : data.missing).map((reason) => (
                <Why key={JSON.stringify(reason)} reason={reason} object={object} asked={action} isMissing={!data.allowed} />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

function Why({ reason, object, asked, isMissing }: { reason: Reason; object: ObjectType; asked: Action; isMissing: boolean }) {
  const t = useWords();
  const roles = useRoles();
  const roleName = useRoleName();
  const condition = reason.condition === null ? undefined : readFilter(reason.condition as Json);
  const role = roleName(roles.find(({ api_name }) => api_name === reason.role) ?? { api_name: reason.role, name: reason.role });
  const head = reason.action === asked ? role : `${role} · ${t(`admin.actions.${reason.action}`)}`;
  return (
    <li>
      <b className="medium">{`${head}:`}</b>
      {condition ? (
        <>
          <Described node={condition} object={object} />
          {isMissing && <Value reason={reason} object={object} />}
        </>
      ) : (
        t(isMissing ? "admin.notGranted" : "admin.everyRow")
      )}
    </li>
  );
}

/** What the record has where something else is asked for. */
function Value({ reason, object }: { reason: Reason; object: ObjectType }) {
  const t = useWords();
  const context = useFieldContext();
  const [node, ...others] = readFilter(reason.condition as Json).items;
  const field = node?.kind === "condition" && others.length === 0 && node.path.length === 1 ? subjectAt(context.model, object, node.path, context.language)?.field : undefined;
  if (!field) return null;
  const text = reason.value === null ? "" : widgetOf(context.model, field).toText(reason.value as never, field, context, {});
  return <span className="muted">{`· ${text === "" ? t("admin.hasNone") : t("admin.hasValue", { value: text })}`}</span>;
}
