/** Sends drafts that could not be sent: at once when the browser is online again, else after 2 s, 4 s and so on, up to a minute. */

import { beginAct } from "../api/changes.ts";
import { without } from "../api/conflicts.ts";
import { makeBegun } from "../api/make.ts";
import { currentModel, loadModel, type ObjectType } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { changeRecord, onWaiting, recordOf, waitingRecords } from "../api/records.ts";
import { type Change, save } from "../api/save.ts";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { words } from "../words/index.ts";
import { sayDone } from "./done.ts";

const FIRST = 2_000;
const LONGEST = 60_000;
/** Tabs of a browser hold the same drafts; one of them sends. */
const LOCK = "tessera.sending";

let timer: number | undefined;
let delay = FIRST;

export function startSending(): void {
  addEventListener("online", () => void sendWaiting());
  onWaiting(plan);
  plan();
}

function plan(): void {
  if (timer !== undefined || !navigator.onLine || waitingRecords().length === 0) return;
  timer = window.setTimeout(() => void sendWaiting(), delay);
}

export function sendWaiting(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!currentModel()) await loadModel();
    const waiting = waitingRecords();
    if (lock && waiting.length > 0) await send(waiting);
    delay = waitingRecords().length === 0 ? FIRST : Math.min(delay * 2, LONGEST);
    plan();
  });
}

async function send(waiting: { object: string; id: string }[]): Promise<void> {
  const model = currentModel();
  const changes: Change[] = [];
  const begun: { object: ObjectType; id: string }[] = [];
  for (const { object: name, id } of waiting) {
    const object = model?.byName.get(name);
    const record = recordOf(name, id);
    if (!object) forget(name, id);
    else if (record?.unmade) begun.push({ object, id });
    else if (record) changes.push({ object, id, values: without(record.draft, record.typing) });
  }
  const act = beginAct(words("shell.sent", { count: waiting.length }));
  const { saved, refused } = await save(changes, act);
  let sent = saved.length;
  for (const { object, id } of begun) {
    const made = await makeBegun(object, id, act);
    if (made instanceof Problem && !made.isPassing) say(reasonOf(made, object), { bad: true });
    else if (made && !(made instanceof Problem)) sent += 1;
  }
  for (const { change, problem } of refused) {
    if (problem.isPassing) continue;
    if (problem.status === 404) forget(change.object.api_name, change.id);
    else say(reasonOf(problem, change.object), { bad: true });
  }
  if (sent > 0) sayDone(act, words("shell.sent", { count: sent }));
}

/** Discards a draft whose record or object is gone, and says its values. */
function forget(object: string, id: string): void {
  const values = Object.values(recordOf(object, id)?.draft ?? {}).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  changeRecord(object, id, (record) => ({ ...record, draft: {}, base: {}, faults: {}, typing: [], unsent: false, unmade: false }));
  say(words("shell.sentNowhere", { values: values.join(", ") }), { bad: true });
}
