/** One's own profile: who one is, how the page looks and speaks, where one is signed in. */

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeMe, useMe } from "../api/me.ts";
import { faultAt, Problem } from "../api/problem.ts";
import { queries } from "../api/query.ts";
import { call, get } from "../api/rest.ts";
import { useRoleName } from "../app/role-names.ts";
import { useTitle } from "../app/title.ts";
import { chooseRows, chooseTheme, type RowSize, type Theme, useRows, useTheme } from "../app/theme.ts";
import { useFieldContext } from "../fields/index.ts";
import { browserZone, showMomentInside } from "../lib/dates.ts";
import { Button, Ghost } from "../ui/button.tsx";
import { reasonOf } from "../ui/reason.ts";
import { Segment } from "../ui/segment.tsx";
import { say } from "../ui/toast.tsx";
import { speak, useLanguage, useWords } from "../words/index.ts";
import { SecondFactor } from "./second-factor.tsx";
import "./profile.css";

export default function Profile() {
  const t = useWords();
  useTitle(t("profile.title"));
  return (
    <>
      <header className="bar deep">
        <h1>{t("profile.title")}</h1>
      </header>
      <div className="settings" tabIndex={0} role="group" aria-label={t("profile.title")}>
        <You />
        <Look />
        <Password />
        <SecondFactor />
        <Sessions />
      </div>
    </>
  );
}

const failed = (error: unknown) => say(reasonOf(error), { bad: true });

function You() {
  const t = useWords();
  const { user, tenant, roles } = useMe();
  const roleName = useRoleName();
  const [name, setName] = useState(user.name);
  const save = () => {
    if (name.trim() === "" || name === user.name) return setName(user.name);
    changeMe({ name: name.trim() })
      .then(() => say(t("profile.saved")))
      .catch(failed);
  };
  return (
    <section>
      <h2>{t("profile.you")}</h2>
      <label className="field">
        <span>{t("profile.name")}</span>
        <input className="input" value={name} autoComplete="name" onChange={(event) => setName(event.currentTarget.value)} onBlur={save} onKeyDown={(event) => event.key === "Enter" && save()} />
      </label>
      <dl className="facts-list">
        <dt>{t("profile.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("profile.tenant")}</dt>
        <dd>
          {tenant.name} <span className="muted">{tenant.slug}</span>
        </dd>
        <dt>{t("profile.roles")}</dt>
        <dd>{roles.map(roleName).join(", ")}</dd>
      </dl>
    </section>
  );
}

function Look() {
  const t = useWords();
  const language = useLanguage();
  const theme = useTheme();
  const rows = useRows();
  const { user } = useMe();
  const zone = user.time_zone ?? browserZone();
  const zones = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", zone])].sort();
  return (
    <section>
      <h2>{t("profile.look")}</h2>
      <Segment<Theme>
        label={t("shell.theme")}
        value={theme}
        onChange={chooseTheme}
        options={[
          { value: "system", label: t("shell.themeSystem") },
          { value: "light", label: t("shell.themeLight") },
          { value: "dark", label: t("shell.themeDark") },
        ]}
      />
      <Segment
        label={t("shell.language")}
        value={language}
        onChange={(next) => {
          void speak(next);
          changeMe({ language: next }).catch(failed);
        }}
        options={[
          { value: "en", label: "English" },
          { value: "ru", label: "Русский" },
        ]}
      />
      <Segment<RowSize>
        label={t("list.rows")}
        value={rows}
        onChange={chooseRows}
        options={[
          { value: "32", label: t("list.rowsTight") },
          { value: "36", label: t("list.rowsNormal") },
          { value: "48", label: t("list.rowsRoomy") },
        ]}
      />
      <label className="field">
        <span>{t("profile.timeZone")}</span>
        <select className="input" value={zone} onChange={(event) => changeMe({ time_zone: event.currentTarget.value }).catch(failed)}>
          {zones.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
    </section>
  );
}

function Password() {
  const t = useWords();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const act = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(undefined);
    try {
      await call("POST", "/auth/password", { body: { current, new: next } });
      setCurrent("");
      setNext("");
      say(t("profile.changed"));
      await queries.invalidateQueries({ queryKey: SESSIONS });
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    }
  };
  const faults = { current: faultAt(problem, "/current"), next: faultAt(problem, "/new") };
  return (
    <section>
      <h2>{t("profile.password")}</h2>
      <form className="form" onSubmit={(event) => void act(event)}>
        <label className="field">
          <span>{t("profile.current")}</span>
          <input className="input" type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.currentTarget.value)} />
          {faults.current && <span className="bad-word">{faults.current}</span>}
        </label>
        <label className="field">
          <span>{t("profile.next")}</span>
          <input className="input" type="password" autoComplete="new-password" required minLength={8} value={next} onChange={(event) => setNext(event.currentTarget.value)} />
          {faults.next && <span className="bad-word">{faults.next}</span>}
        </label>
        {problem && !faults.current && !faults.next && (
          <p className="bad-word" role="alert">
            {problem.message}
          </p>
        )}
        <div>
          <Button type="submit" disabled={current === "" || next === ""}>
            {t("profile.change")}
          </Button>
        </div>
      </form>
    </section>
  );
}

interface Session {
  id: string;
  current: boolean;
  user_agent: string | null;
  created_at: string;
  refreshed_at: string | null;
}

const SESSIONS = ["sessions"];

function Sessions() {
  const t = useWords();
  const context = useFieldContext();
  const { data, error, refetch } = useQuery({ queryKey: SESSIONS, queryFn: async ({ signal }) => (await get<{ data: Session[] }>("/auth/sessions", undefined, signal)).data });
  if (error && !data) {
    return (
      <section>
        <h2>{t("profile.sessions")}</h2>
        <p className="bad-word" role="alert">
          {reasonOf(error)}
        </p>
        <div>
          <Button icon="rotate-cw" onClick={() => void refetch()}>
            {t("common.retry")}
          </Button>
        </div>
      </section>
    );
  }
  if (!data) return null;
  const end = async (session: Session) => {
    try {
      await call("DELETE", `/auth/sessions/${session.id}`);
      say(t("profile.ended"));
      await queries.invalidateQueries({ queryKey: SESSIONS });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <section>
      <h2>{t("profile.sessions")}</h2>
      <ul className="sessions">
        {data.map((session) => (
          <li key={session.id}>
            <span className="cut grow">{programOf(session.user_agent) ?? t("profile.unknownDevice")}</span>
            <span className="muted">{session.current ? t("profile.thisSession") : t("profile.seen", { when: showMomentInside(session.refreshed_at ?? session.created_at, context) })}</span>
            {!session.current && <Ghost onClick={() => void end(session)}>{t("profile.end")}</Ghost>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "Chrome, Windows", from what a browser says of itself. */
function programOf(agent: string | null): string | undefined {
  if (!agent) return undefined;
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1]?.replace("Edg", "Edge").replace("OPR", "Opera");
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  return browser ? [browser, system].filter(Boolean).join(", ") : agent.slice(0, 60);
}
