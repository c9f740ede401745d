/** Asks for the name of a group of the sidebar. */

import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useWords } from "../words/index.ts";

export default function NameGroup({ name, onClose, onName }: { name: string; onClose: () => void; onName: (name: string) => void }) {
  const t = useWords();
  const [text, setText] = useState(name);
  const wanted = text.trim();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(name === "" ? "shell.newGroupTitle" : "shell.renameGroupTitle")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary disabled={wanted === ""} onClick={() => onName(wanted)}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        className="body-text form"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== "") onName(wanted);
        }}
      >
        <label className="field">
          <span>{t("shell.groupName")}</span>
          <input className="input" value={text} maxLength={200} autoFocus onChange={(event) => setText(event.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
}
