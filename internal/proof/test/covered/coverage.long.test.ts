import { LockedConnection } from '@evolock/direct-serialise-io';
import { ServiceClient, type Agent } from '@evolock/kes-agent';
import { MaskedNeedle } from '@evolock/memory-scan';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { expect, test, vi } from 'vitest';
import { samples } from '../../../abuse/src/arguments/kinds.js';
import { surface } from '../../../abuse/src/table/surface.js';
import { lives, type Life, type Scanned } from '../../src/agent/lives.js';
import { Scene } from '../../src/agent/scene/scene.js';
import { provedOperations } from '../../src/operations/all-operations.js';
import type { Operation, Subject } from '../../src/operations/operation.js';
import { transports, type Transport } from '../../src/operations/transfers/transports.js';
import { withFolder } from '../../src/prove/prove.js';
import { CalledFunctions } from './called-functions.js';
import { packagesElsewhere, withoutSecret } from './without-secret.js';

/** Whether an operation can run in this process. It cannot when it ends the process or needs options of node. */
function canBeDone({ stopsItself, flags }: Operation): boolean {
  return stopsItself !== true && flags === undefined;
}

function subjectIn(folder: string): Subject {
  const secret = MaskedNeedle.random('anything', 32);
  const plant = (memory: Uint8Array): void => secret.unmaskInto(memory);
  return {
    folder,
    plant,
    seed() {
      const seed = MLockedSeed.newZeroed(32);
      seed.withBytes(plant);
      return seed;
    },
  };
}

/** Both sides of a transport in one process. A pipe cannot be tested like this, because it would block on itself. */
async function doBothSides({ sender, receiver }: Transport, folder: string): Promise<void> {
  const receiving = receiver.run(subjectIn(folder));
  const sides = [receiving, sender.run(subjectIn(folder))];
  for (const value of (await Promise.all(sides)).flat()) {
    if (value instanceof LockedConnection) await value.destroy();
  }
}

/** A life in this process, without scans. */
const unscanned: Scanned = {
  scan: () => Promise.resolve(),
  copyMemory: () => Promise.resolve(() => undefined),
  end: () => Promise.resolve(),
};

async function doLife({ process, rehearse, live }: Life, folder: string): Promise<void> {
  using scene = await Scene.prepare(folder);
  const running = (await process.run(subjectIn(folder))) as Agent | ServiceClient;
  try {
    await rehearse(scene);
    await live(scene, unscanned);
    if (running instanceof ServiceClient) await useClient(running);
  } finally {
    await running.close();
  }
}

/** What the processes of clients do on SIGTERM. */
async function useClient(client: ServiceClient): Promise<void> {
  // Without a key, an iteration waits.
  if (client.current() === undefined) return;
  for await (const key of client) {
    key.signingKey.sign(new Uint8Array());
    break;
  }
}

async function doEverything(): Promise<void> {
  for (const operation of provedOperations.filter(canBeDone)) {
    await withFolder(async (folder) => {
      await operation.run(subjectIn(folder));
    });
  }
  for (const life of lives) await withFolder((folder) => doLife(life, folder));
  for (const transport of transports.filter(({ prepare }) => prepare === undefined)) {
    await withFolder((folder) => doBothSides(transport, folder));
  }
}

/** The names of public functions in the table of the abuse tests that no operation has called. */
async function uncalled(): Promise<string[]> {
  const called = new CalledFunctions();
  // `printing` calls it.
  for (const way of ['log', 'dir', 'table'] as const) {
    vi.spyOn(console, way).mockImplementation(() => undefined);
  }
  await called.start();
  try {
    await doEverything();
  } finally {
    await called.stop();
    vi.restoreAllMocks();
  }
  const found: string[] = [];
  for (const [name, { call, from }] of everything) {
    if (from in packagesElsewhere) continue;
    if (!(await called.has(call))) found.push(name);
  }
  return found;
}

const everything = surface(samples);
const names = await uncalled();

test('every public function that touches a secret is called by an operation that is scanned', () => {
  expect(names.filter((name) => !(name in withoutSecret))).toEqual([]);
});

test('every function listed as free of secrets exists', () => {
  const known = Object.keys(withoutSecret);
  expect(known.filter((name) => !everything.has(name))).toEqual([]);
});
