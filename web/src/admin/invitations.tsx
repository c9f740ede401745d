/** Invitations that have not been accepted. */

import { type Invitation, useInvitations, useMembers, withdraw } from "../api/people.ts";
import { useFieldContext } from "../fields/index.ts";
import { showMoment } from "../lib/dates.ts";
import { Ghost } from "../ui/button.tsx";
import { Copy } from "../ui/copy.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { inviteAll, useLinks } from "./links.ts";
import { Answered, Rows } from "./place.tsx";
import { Roles } from "./role-picker.tsx";

export function Invitations() {
  const t = useWords();
  return (
    <Answered query={useInvitations()}>
      {(invitations) => (
        <section className="under">
          <h2>
            {t("admin.pending")} {invitations.length > 0 && <span className="faint num">{invitations.length}</span>}
          </h2>
          {invitations.length === 0 ? (
            <p className="muted">{t("admin.nobodyInvited")}</p>
          ) : (
            <Rows className="is-invitations" title={t("admin.pending")} columns={[t("admin.email"), t("shell.roles"), t("admin.invitedBy"), t("admin.expires")]}>
              {invitations.map((invitation) => (
                <Row key={invitation.id} invitation={invitation} />
              ))}
            </Rows>
          )}
        </section>
      )}
    </Answered>
  );
}

function Row({ invitation: { id, email, roles, created_by, expires_at } }: { invitation: Invitation }) {
  const t = useWords();
  const clock = useFieldContext();
  const link = useLinks().get(id);
  const by = useMembers().data?.find(({ user }) => user.id === created_by)?.user.name;
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      say(reasonOf(error), { bad: true });
    }
  };
  const renew = () =>
    attempt(async () => {
      const [sent] = await inviteAll([email], roles);
      await navigator.clipboard.writeText(sent?.link ?? "");
      say(t("admin.renewed", { email }));
    });
  return (
    <tr>
      <th scope="row" className="cut">
        {email}
      </th>
      <td>
        <Roles names={roles} />
      </td>
      <td className="muted cut">
        <span className="on-phone">{`${t("admin.invitedBy")}: `}</span>
        {by ?? ""}
      </td>
      <td className="muted num">
        <span className="on-phone">{`${t("admin.expires")}: `}</span>
        {showMoment(expires_at, clock)}
      </td>
      <td className="acts">
        {link === undefined ? (
          <Ghost icon="link" title={t("admin.renewDetail")} onClick={() => void renew()}>
            {t("admin.renew")}
          </Ghost>
        ) : (
          <Copy text={link}>{t("admin.copyLink")}</Copy>
        )}
        <Ghost
          onClick={() =>
            void attempt(async () => {
              await withdraw(id);
              say(t("admin.withdrawn", { email }));
            })
          }
        >
          {t("admin.withdraw")}
        </Ghost>
      </td>
    </tr>
  );
}
