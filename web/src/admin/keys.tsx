/** The API keys of the tenant, each with a service account of its own. */

import { useState } from "react";
import { type ApiKey, revokeApiKey, useApiKeys } from "../api/people.ts";
import { useActions } from "../app/actions.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { useFieldContext } from "../fields/index.ts";
import { isPast, showDay, showMoment } from "../lib/dates.ts";
import { Button, Ghost } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Say } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { KeyDialog } from "./key.tsx";
import { Answered, Place, Rows } from "./place.tsx";
import { Roles } from "./role-picker.tsx";

export default function KeysPage() {
  const t = useWords();
  const [making, setMaking] = useState(false);
  const make = () => setMaking(true);
  useShortcut("new", make);
  useActions([{ id: "key", icon: "plus", label: t("admin.newKey"), act: make }]);
  return (
    <Place
      name="keys"
      act={
        <Button small primary icon="plus" onClick={make}>
          {t("admin.newKey")}
        </Button>
      }
    >
      {() => (
        <>
          <Keys />
          {making && <KeyDialog onClose={() => setMaking(false)} />}
        </>
      )}
    </Place>
  );
}

function Keys() {
  const t = useWords();
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <Answered query={useApiKeys()}>
      {(keys) =>
        keys.length === 0 ? (
          <Say icon="code" title={t("admin.noKeys")} detail={t("admin.noKeysDetail")} />
        ) : (
          <>
            <Rows className="is-keys" title={t("shell.keys")} columns={[t("admin.serviceAccount"), t("shell.roles"), t("admin.made"), t("admin.expires"), t("admin.lastUsed")]}>
              {keys.map((key) => (
                <Row key={key.id} apiKey={key} onRevoke={() => setRevoking(key)} />
              ))}
            </Rows>
            {revoking && (
              <Confirm
                title={t("admin.revokeTitle", { name: revoking.name })}
                detail={t("admin.revokeDetail")}
                act={t("admin.revoke")}
                onClose={() => setRevoking(undefined)}
                onAct={async () => {
                  await revokeApiKey(revoking.id);
                  say(t("admin.revoked", { name: revoking.name }));
                }}
              />
            )}
          </>
        )
      }
    </Answered>
  );
}

function Row({ apiKey: { name, roles, created_at, expires_at, last_used_at }, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const t = useWords();
  const clock = useFieldContext();
  const hasExpired = expires_at !== null && isPast(expires_at);
  return (
    <tr>
      <th scope="row" className="cut">
        {name}
      </th>
      <td>
        <Roles names={roles} />
      </td>
      <td className="muted num">
        <span className="on-phone">{`${t("admin.made")}: `}</span>
        {showDay(created_at, clock)}
      </td>
      <td className={`num ${hasExpired ? "bad-word" : "muted"}`}>
        <span className="on-phone">{`${t("admin.expires")}: `}</span>
        {expires_at === null ? t("admin.never") : hasExpired ? t("admin.expired", { when: showDay(expires_at, clock) }) : showDay(expires_at, clock)}
      </td>
      <td className="muted num">
        <span className="on-phone">{`${t("admin.lastUsed")}: `}</span>
        {last_used_at === null ? t("admin.never") : showMoment(last_used_at, clock)}
      </td>
      <td className="acts">
        <Ghost aria-label={t("admin.revokeTitle", { name })} onClick={onRevoke}>
          {t("admin.revoke")}
        </Ghost>
      </td>
    </tr>
  );
}
