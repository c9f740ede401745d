/** Ctrl+K. */

import { Dialog } from "../ui/dialog.tsx";
import { useWords } from "../words/index.ts";

export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={t("common.search")} bare className="palette">
      <span />
    </Dialog>
  );
}
