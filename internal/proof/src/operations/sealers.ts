/** Operations of sealers: the key of the next seal is in locked memory and in its file, and that of each earlier seal nowhere. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { KeyFile } from '@evolock/direct-serialise-io';
import { compactSumKesOfDepth } from '@evolock/kes-sum';
import { Sealer } from '@evolock/sealed-log';
import { keyAt, released, type Expectation } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { holds, layer, once, type Operation, type Subject } from './operation.js';

const ORIGIN = 'example.com/proof';
/** Seconds. */
const NEVER = 2_000_000;

/** The log of a subject, whose key file has the key of its seed. */
async function logOf(subject: Subject, depth: number): Promise<[string, object]> {
  const folder = join(subject.folder, randomUUID());
  const keyFile = join(folder, 'state', 'audit.key');
  mkdirSync(join(folder, 'state'), { recursive: true });
  const algorithm = compactSumKesOfDepth(depth);
  const create = () => {
    const key = keyOf(algorithm, subject);
    const head = Buffer.concat([Uint8Array.of(0xff), Buffer.from('evolock-seal/v1')]);
    const numbers = Buffer.from([depth, 0, 0, 0, 0, 0, 0, 0, 0]);
    const material = Buffer.concat([head, numbers, key.deriveVerificationKey()]).toString('base64');
    return { key, publicBytes: Buffer.from(`${ORIGIN}\n${material}\n${material}\n`) };
  };
  await (await KeyFile.open(keyFile, algorithm, { create })).close();
  return [
    join(folder, 'audit.log'),
    { origin: ORIGIN, keyFile, depth: 1, interval: NEVER, heartbeat: NEVER },
  ];
}

/** Opens a sealer with the key of the subject, and makes the seals up to a number. */
async function sealerOf(subject: Subject, depth: number, last: number): Promise<Sealer> {
  const [log, options] = await logOf(subject, depth);
  return sealUpTo(log, options, last);
}

async function sealUpTo(log: string, options: object, last: number): Promise<Sealer> {
  const sealer = await Sealer.open(log, options as Parameters<typeof Sealer.open>[1]);
  for (let number = -1; number < last;) {
    appendFileSync(log, 'a line\n');
    ({ number } = await sealer.seal());
  }
  return sealer;
}

/** The state of the key after a seal: of its past periods, each of the first and the last, and others, are looked for. */
const after = (depth: number, last: number): Expectation =>
  keyAt({ depth, period: last + 1, visited: [0, 1, 2, 31, 63, 64, 100, last - 1, last] });

// A sealer has a thread of its own, where code is compiled after many seals: a run that is repeated compiles nothing there.
// So there is no warm run, and the operations make as many seals as a warm run repeats.
const operation = (name: string, expects: Expectation, files: Expectation, run: Operation['run']) =>
  layer('sealers', { ...once, files })(name, expects, run);

const DEPTH = 8;
const LAST = 199;
const some = keyAt({ depth: 4, period: 3, visited: [0, 1, 2] });
const many = after(DEPTH, LAST);
const first = released(after(7, 126));

export const sealerOperations: readonly Operation[] = [
  operation('three seals made', some, some, (subject) => sealerOf(subject, 4, 2)),
  operation('200 seals made', many, many, (subject) => sealerOf(subject, DEPTH, LAST)),
  operation('opened after one that was killed', many, many, async (subject) => {
    const [log, options] = await logOf(subject, DEPTH);
    const library = createRequire(import.meta.url).resolve('@evolock/sealed-log');
    const script = `
      import { Sealer } from ${JSON.stringify(library)};
      const sealer = await Sealer.open(${JSON.stringify(log)}, ${JSON.stringify(options)});
      while ((await sealer.seal()).number < 1);
      process.kill(process.pid, 'SIGKILL');
    `;
    // An ordinary user may have no way into the folder of a Node that root installed.
    const { signal } = spawnSync('/proc/self/exe', ['--input-type=module', '--eval', script]);
    holds(signal === 'SIGKILL', 'the first sealer was killed');
    // A start makes a seal of its own.
    return sealUpTo(log, options, LAST);
  }),
  operation('the next key has succeeded', first, first, (subject) => sealerOf(subject, 7, LAST)),
  operation('closed', released(many), many, async (subject) => {
    await (await sealerOf(subject, DEPTH, LAST)).close();
  }),
  operation('ended', released(many), released(many), async (subject) => {
    await (await sealerOf(subject, DEPTH, LAST)).close({ end: true });
  }),
];
