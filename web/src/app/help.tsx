/** The `?` list. */

import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useWords } from "../words/index.ts";
import { keyCap, SHORTCUTS, type Shortcut, type ShortcutId, type Where } from "./shortcuts.ts";

const PLACES: Where[] = ["anywhere", "places", "list", "cell", "record"];

export default function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords();
  const entries = Object.entries(SHORTCUTS) as [ShortcutId, Shortcut][];
  return (
    <Dialog open={open} onClose={onClose} title={t("keys.title")} className="wide">
      <div className="body-text shortcut-list" tabIndex={0}>
        {PLACES.map((place) => (
          <section key={place}>
            <h3 className="menu-title">{t(`keys.${place}`)}</h3>
            <dl>
              {entries
                .filter(([, shortcut]) => shortcut.where === place)
                .map(([id, shortcut]) => (
                  <div key={id}>
                    <dt>{t(`keys.${id}`)}</dt>
                    <dd>
                      {shortcut.keys.map((caps) => (
                        <span key={caps.join()} className="caps">
                          {caps.map((cap) => (
                            <Kbd key={cap}>{keyCap(cap)}</Kbd>
                          ))}
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
