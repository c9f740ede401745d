/** Toasts after an action, with Undo, and after an undo. */

import { redo, undo } from "../api/changes.ts";
import { say } from "../ui/toast.tsx";
import { words } from "../words/index.ts";

async function takeBack(act: typeof undo | typeof redo, done: "shell.undone" | "shell.redone"): Promise<void> {
  try {
    const result = await act();
    if (!result) say(words("shell.nothingToUndo"));
    else if (result.conflicts.length > 0) say(words("shell.undoneBut", { count: result.conflicts.length }));
    else say(words(done, { words: result.change.words }));
  } catch {
    say(words("shell.undoFailed"), { bad: true });
  }
}

export const undoLast = (): Promise<void> => takeBack(undo, "shell.undone");
export const redoLast = (): Promise<void> => takeBack(redo, "shell.redone");

export function sayDone(what: string): void {
  say(what, { act: { label: words("common.undo"), onClick: () => void undoLast() } });
}
