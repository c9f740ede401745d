/** The second factor: an authenticator app is set up with a QR code, proved with a code, and removed. Recovery codes are shown once. */

import { type FormEvent, lazy, Suspense, useState } from "react";
import { useMe } from "../api/me.ts";
import { Problem } from "../api/problem.ts";
import { call } from "../api/rest.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Copy } from "../ui/copy.tsx";
import { Icon } from "../ui/icon.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";

const QrCode = lazy(() => import("./qr-code.tsx"));

interface Enrolment {
  secret: string;
  uri: string;
}

/** The server tells whether there is an app only when one is to be set up. */
type State = { is: "asked" } | { is: "enrolling"; enrolment: Enrolment } | { is: "codes"; codes: string[] } | { is: "on" };

const ASKED: State = { is: "asked" };
const ON: State = { is: "on" };

export function SecondFactor() {
  const t = useWords();
  const [state, setState] = useState<State>(ASKED);
  const [removing, setRemoving] = useState(false);
  const begin = async () => {
    try {
      setState({ is: "enrolling", enrolment: (await call<Enrolment>("POST", "/auth/totp", { body: {} })).data });
    } catch (error) {
      if (error instanceof Problem && error.status === 409) setState(ON);
      else say(reasonOf(error), { bad: true });
    }
  };
  return (
    <section>
      <h2>{t("profile.secondFactor")}</h2>
      {state.is === "asked" && (
        <>
          <p>{t("profile.secondFactorDetail")}</p>
          <div>
            <Button onClick={() => void begin()}>{t("profile.setUp")}</Button>
          </div>
        </>
      )}
      {state.is === "enrolling" && <Enrol enrolment={state.enrolment} onCancel={() => setState(ASKED)} onCodes={(codes) => setState({ is: "codes", codes })} />}
      {state.is === "codes" && <RecoveryCodes codes={state.codes} onDone={() => setState(ON)} />}
      {state.is === "on" && (
        <>
          <p className="is-on" role="status">
            <Icon name="check" />
            {t("profile.isOn")}
          </p>
          <div>
            <Button onClick={() => setRemoving(true)}>{t("profile.turnOff")}</Button>
          </div>
        </>
      )}
      {removing && (
        <Confirm
          title={t("profile.turnOffTitle")}
          detail={t("profile.turnOffDetail")}
          act={t("profile.turnOffAct")}
          onClose={() => setRemoving(false)}
          onAct={async () => {
            await call("DELETE", "/auth/totp");
            setState(ASKED);
            say(t("profile.turnedOff"));
          }}
        />
      )}
    </section>
  );
}

const FOURS = /.{1,4}/g;

function Enrol({ enrolment, onCancel, onCodes }: { enrolment: Enrolment; onCancel: () => void; onCodes: (codes: string[]) => void }) {
  const t = useWords();
  const [code, setCode] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const { data } = await call<{ recovery_codes: string[] }>("POST", "/auth/totp/confirm", { body: { code } });
      onCodes(data.recovery_codes);
    } catch (error) {
      setRefusal(reasonOf(error));
    }
  };
  return (
    <form className="form" onSubmit={(event) => void confirm(event)}>
      <p>{t("profile.scan")}</p>
      <Suspense fallback={<div className="qr" />}>
        <QrCode text={enrolment.uri} label={t("profile.qrCode")} />
      </Suspense>
      <div className="secret">
        <code className="mono grow">{enrolment.secret.match(FOURS)?.join(" ")}</code>
        <Copy text={enrolment.secret}>{t("profile.copySecret")}</Copy>
      </div>
      <label className="field">
        <span>{t("profile.code")}</span>
        <input
          className="input num"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          required
          value={code}
          aria-invalid={refusal !== undefined || undefined}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            setRefusal(undefined);
          }}
        />
        {refusal !== undefined && (
          <span className="bad-word" role="alert">
            {refusal}
          </span>
        )}
      </label>
      <div className="do">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button primary type="submit" disabled={code.trim() === ""}>
          {t("profile.turnOn")}
        </Button>
      </div>
    </form>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const t = useWords();
  const { user } = useMe();
  const text = codes.join("\n");
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`Tessera, ${user.email}\n${text}\n`], { type: "text/plain" }));
    link.download = "tessera-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div className="form">
      <p role="status">{t("profile.recoveryDetail")}</p>
      <ul className="recovery-codes mono" aria-label={t("profile.recoveryCodes")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="do">
        <Copy text={text} />
        <Button onClick={download}>{t("profile.download")}</Button>
        <Button primary onClick={onDone}>
          {t("profile.keptThem")}
        </Button>
      </div>
    </div>
  );
}
