// Makes calls and prints one line for each fault. Writes the number of each call into the journal before the call, so
// that the parent can name the call that ended the process.
//
// node abuse-child.js <journal> sweep <from> <to>
// node abuse-child.js <journal> <seed> <from> <to>
import { mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { judgedCall } from './calls/judge.js';
import { Invariants } from './calls/invariants.js';
import { folder } from './arguments/files-and-sockets.js';
import { described, randomCall, sweep } from './calls/plan.js';
import { startSharedAgent } from './table/kes-agent.js';
import { guardSignals } from './arguments/target.js';

const [journalPath = '', mode, from, to] = process.argv.slice(2);
const journal = openSync(journalPath, 'w');
mkdirSync(folder);
await startSharedAgent();
const invariants = new Invariants();
const WITNESSED_EVERY = 16;

const print = (value: unknown) => writeSync(1, `${JSON.stringify(value)}\n`);
/** The call that is being made. */
const current = { name: '', call: '' };
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) =>
    print({
      name: current.name,
      call: current.call,
      wrong: `${event}: ${String(error).slice(0, 160)}`,
    }),
  );
}
guardSignals();
process.chdir(folder);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const planned = mode === 'sweep' ? [...sweep()] : undefined;
const end = planned === undefined ? Number(to) : Math.min(Number(to), planned.length);
for (let number = Number(from); number < end; number += 1) {
  const plan = planned?.[number] ?? randomCall(Number(mode), number);
  Object.assign(current, { name: plan.name, call: described(plan) });
  writeSync(journal, `${number} ${current.call}`.slice(0, 300).padEnd(300), 0);
  const wrong = await judgedCall(plan.entry, plan.replaced);
  const all = [
    wrong,
    ...invariants.afterCall(),
    ...(number % WITNESSED_EVERY === 0 ? invariants.ofWitnesses() : []),
  ];
  for (const each of all)
    if (each !== undefined) print({ number, name: plan.name, call: current.call, wrong: each });
}
for (const each of invariants.ofWitnesses()) print({ call: 'at the end', wrong: each });
print({ done: end });
process.exit();
