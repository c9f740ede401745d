/** A record beside its list. */

import { nameOf, type ObjectType } from "../api/model.ts";
import { Star } from "../app/star.tsx";
import type { Position } from "../grid/trail.ts";
import { IconButton } from "../ui/button.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import { RecordMenu } from "./menu.tsx";
import { RecordView, useOpen } from "./record.tsx";
import { Steps } from "./steps.tsx";

interface Properties {
  object: ObjectType;
  id: string;
  position: Position | undefined;
  onClose: () => void;
  onStep: (by: 1 | -1) => void;
}

export default function Peek({ object, id, position, onClose, onStep }: Properties) {
  const t = useWords();
  const language = useLanguage();
  const open = useOpen();
  return (
    <aside
      className="peek"
      aria-label={nameOf(object, language)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <RecordView
        key={id}
        object={object}
        id={id}
        isPage={false}
        bar={(record) => (
          <header className="bar">
            <Steps position={position} onStep={onStep} />
            <span className="grow" />
            <IconButton icon="external-link" label={t("record.openPage")} onClick={() => open(object, id)} />
            {record && <Star place={{ object, record: id }} label={record.title} />}
            {record && <RecordMenu record={record} onGone={onClose} others={[{ id: "open-page", icon: "external-link", label: t("record.openPage"), act: () => open(object, id) }]} />}
            <IconButton icon="x" label={t("common.close")} onClick={onClose} />
          </header>
        )}
      />
    </aside>
  );
}
