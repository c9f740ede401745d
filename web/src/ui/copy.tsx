/** A button that copies a text and says so. */

import { useWords } from "../words/index.ts";
import { Ghost, IconButton } from "./button.tsx";
import { say } from "./toast.tsx";

interface Properties {
  text: string;
  /** What it copies, where only its icon is shown. */
  label?: string;
  children?: string;
}

export function Copy({ text, label, children }: Properties) {
  const t = useWords();
  const copy = () => void navigator.clipboard.writeText(text).then(() => say(t("common.copied")));
  if (label !== undefined) return <IconButton icon="copy" small label={label} onClick={copy} />;
  return (
    <Ghost icon="copy" ink onClick={copy}>
      {children ?? t("common.copy")}
    </Ghost>
  );
}
