/** What was just done, with the way back. */

import { Toast as Base } from "@base-ui/react/toast";
import { useWords } from "../words/index.ts";
import { Ghost, IconButton } from "./button.tsx";

const manager = Base.createToastManager<{ back?: Act }>();

interface Act {
  label: string;
  onClick: () => void;
}

interface Said {
  bad?: boolean;
  act?: Act;
  /** The way back, where there is another act beside it. */
  back?: Act;
}

/** Says a sentence in the corner; an act beside it is offered as long as it stands there. */
export function say(words: string, { bad = false, act, back }: Said = {}): void {
  manager.add({
    title: words,
    type: bad ? "bad" : "good",
    priority: bad ? "high" : "low",
    timeout: bad ? 10_000 : act ? 8_000 : 4_000,
    ...(back && { data: { back } }),
    ...(act && { actionProps: { children: act.label, onClick: act.onClick } }),
  });
}

export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="toasts">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const t = useWords();
  const { toasts } = Base.useToastManager<{ back?: Act }>();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className={`toast ${toast.type === "bad" ? "is-bad" : ""}`} swipeDirection={["right", "down"]}>
      <Base.Title className="text" render={<span />} />
      <Base.Action className="ghost ink" />
      {toast.data?.back && (
        <Ghost
          ink
          onClick={() => {
            manager.close(toast.id);
            toast.data?.back?.onClick();
          }}
        >
          {toast.data.back.label}
        </Ghost>
      )}
      <Base.Close render={<IconButton icon="x" label={t("common.close")} small />} />
    </Base.Root>
  ));
}
