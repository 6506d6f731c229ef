/** Everything that is proved: each operation, each transport between two processes, each life of an agent or a client. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MaskedNeedle, waitUntilStopped } from '@evolock/memory-scan';
import { lives, type Life, type Moment, type Scanned } from '../agent/lives.js';
import { Scene } from '../agent/scene.js';
import { operations } from '../operations/all.js';
import { idOf, type Operation } from '../operations/operation.js';
import { MEETING_PLACE, transports, type Transport } from '../operations/transports.js';
import { needlesOf } from '../secrets/needles.js';
import { withStoppedProcess } from './child-process.js';
import { MemoryCopy } from './memory-copy.js';
import {
  launchOf,
  prove,
  randomSecret,
  scanFor,
  withFolder,
  type ProofOptions,
  type Wanted,
} from './prove.js';
import { CANARY, failed, type Verdict } from './verdict.js';

/** What the scans of a statement found, by operation. */
export type Proved = readonly (readonly [operation: string, verdict: Verdict])[];

/** Something that is proved. */
export interface Statement extends Pick<Operation, 'layer' | 'name' | 'once' | 'lockLimit'> {
  /** Never rejects: a process that fails before its scan is a problem. */
  readonly prove: (options?: ProofOptions) => Promise<Proved>;
}

function ofOperation(operation: Operation): Statement {
  const { layer, name, once = false, lockLimit } = operation;
  return {
    ...{ layer, name, once },
    ...(lockLimit === undefined ? {} : { lockLimit }),
    prove: async (options) => [[name, await prove(operation, options).catch(failed)]],
  };
}

function ofTransport(transport: Transport): Statement {
  const { sender, receiver } = transport;
  return {
    layer: sender.layer,
    name: sender.name.replace(/, sender$/, ''),
    once: true,
    async prove(options) {
      const [first, second] = await proveTransport(transport, options).catch((error: unknown) => [
        failed(error),
        failed(error),
      ]);
      return [
        [sender.name, first!],
        [receiver.name, second!],
      ];
    },
  };
}

function ofLife(life: Life): Statement {
  return {
    layer: life.process.layer,
    name: life.name,
    once: false,
    prove: (options) => proveLife(life, options),
  };
}

/** Every statement that is a row of the table, or several rows. */
export const statements: readonly Statement[] = [
  ...operations.filter(({ aside }) => aside !== true).map(ofOperation),
  ...transports.map(ofTransport),
  ...lives.map(ofLife),
];

/**
 * Finds a statement, or an operation with a test of its own, by the name of a transport or a life, or the id of an
 * operation.
 */
export function statementOf(name: string): Statement {
  const found = statements.find((each) => each.name === name || idOf(each) === name);
  const operation = operations.find((each) => idOf(each) === name);
  if (found !== undefined) return found;
  if (operation === undefined) throw new Error(`nothing is named "${name}"`);
  return ofOperation(operation);
}

/** Sends a key from one process to another, and scans both. */
async function proveTransport(
  { sender, receiver, prepare }: Transport,
  options: ProofOptions = {},
): Promise<Verdict[]> {
  const sent = randomSecret(sender.expects);
  // The receiver gets no secret on its command line. It has its own canary.
  const received = { ...sent, masked: '', canary: MaskedNeedle.random(CANARY, 32) };
  return withFolder(async (folder) => {
    const place = join(folder, MEETING_PLACE);
    if (prepare === 'pipe') makePipe(place);
    const receiving = withStoppedProcess(launchOf(receiver, folder, received, options), (pid) =>
      scanFor(pid, received),
    );
    const sending = untilThere(place, receiving).then(() =>
      withStoppedProcess(launchOf(sender, folder, sent, options), async (pid) => {
        const verdict = scanFor(pid, sent);
        // This process stays alive until the other side has received the key.
        await receiving.catch(() => undefined);
        return verdict;
      }),
    );
    return await Promise.all([sending, receiving]);
  }, options);
}

function makePipe(path: string): void {
  const { status, stderr } = spawnSync('mkfifo', ['-m', '666', path]);
  if (status !== 0) throw new Error(`mkfifo failed: ${stderr.toString()}`);
}

/** Waits until the receiver listens, or has failed. */
async function untilThere(path: string, receiving: Promise<unknown>): Promise<void> {
  const ended = receiving.then(
    () => true,
    () => true,
  );
  while (!existsSync(path)) {
    if (await Promise.race([ended, pause(10, false)])) break;
  }
}

/** Milliseconds for a process to stop. */
const PATIENCE = 120_000;

/** Runs an agent in a process of its own, and scans it at each moment of a life. */
async function proveLife(life: Life, options: ProofOptions = {}): Promise<Proved> {
  const { repetitions = 0, ...rest } = options;
  const proved: [string, Verdict][] = [];
  const add = (moment: string, verdict: Verdict) =>
    proved.push([`${life.name}: ${moment}`, verdict]);
  try {
    await withFolder(async (folder) => {
      using scene = await Scene.prepare(folder);
      // The process gets no secret of the parent, except those that the peer sends.
      const canary = MaskedNeedle.random(CANARY, 32);
      const launch = launchOf(life.process, folder, { masked: '', canary }, rest);
      await withStoppedProcess(launch, async (pid) => {
        process.kill(pid, 'SIGCONT');
        for (let done = 0; done < repetitions; done += 1) await life.rehearse(scene);
        await life.live(scene, scannedProcess(pid, folder, canary, add));
      });
    }, rest);
  } catch (error) {
    add('failed', failed(error));
  }
  return proved;
}

/** A scanned process, as its life sees it. */
function scannedProcess(
  pid: number,
  folder: string,
  canary: MaskedNeedle,
  add: (moment: string, verdict: Verdict) => void,
): Scanned {
  let copies = 0;
  let hasStoppedItself = false;
  const whileStopped = async <Result>(work: () => Result): Promise<Result> => {
    if (hasStoppedItself) return work();
    process.kill(pid, 'SIGSTOP');
    try {
      await waitUntilStopped(pid, { timeout: PATIENCE });
      return work();
    } finally {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // It has ended.
      }
    }
  };
  const judge = (moment: Moment, scan: (wanted: Wanted) => Verdict): void => {
    const needles = needlesOf(moment.known, moment.expects);
    const verdict = scan({ needles, canary });
    const expected = moment.copies * needles.live.size;
    const miscounted =
      verdict.locked === expected
        ? []
        : [`${verdict.locked} copies in locked memory instead of ${expected}`];
    add(moment.name, { ...verdict, problems: [...verdict.problems, ...miscounted] });
  };
  return {
    scan: (moment) => whileStopped(() => judge(moment, (wanted) => scanFor(pid, wanted))),
    async copyMemory() {
      copies += 1;
      const path = join(folder, `memory-${copies}`);
      const copy = await whileStopped(() => new MemoryCopy(pid, path));
      return (moment) => judge(moment, (wanted) => copy.scanFor(wanted));
    },
    async end() {
      process.kill(pid, 'SIGTERM');
      await waitUntilStopped(pid, { timeout: PATIENCE });
      hasStoppedItself = true;
    },
  };
}
