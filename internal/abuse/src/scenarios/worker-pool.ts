// Threads that make keys and bytes in the default pool at the same time. Each marks its bytes with its number and checks
// that no other thread has written there. They post a locked value: Node.js 22.10 and later refuse it, earlier versions
// deliver it without a secret.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { sum2Kes } from '@evolock/kes-sum';
import { print } from './scenario.js';

const WORKERS = 4;
const ROUNDS = 40;
const message = Uint8Array.of(1, 2, 3);

function meet(barrier: Int32Array, round: number) {
  const all = WORKERS * (round + 1);
  Atomics.add(barrier, 0, 1);
  Atomics.notify(barrier, 0);
  for (let seen = Atomics.load(barrier, 0); seen < all; seen = Atomics.load(barrier, 0))
    Atomics.wait(barrier, 0, seen, 100);
}

const isFilled = (value: MLockedBytes, byte: number): boolean =>
  value.withBytes((bytes) => bytes.every((each) => each === byte));

function work({ id, barrier }: { id: number; barrier: Int32Array }) {
  const marker = 100 + id;
  const sizes = [32, 64, 200, 1000];
  const wrong = { dirty: 0, changed: 0, keys: 0 };
  const keySeed = MLockedSeed.fromBytes(new Uint8Array(32).fill(marker));
  const key = sum2Kes.generateKey(keySeed as MLockedSeed<32>);
  const root = Buffer.from(key.deriveVerificationKey()).toString('hex');
  for (let round = 0; round < ROUNDS; round += 1) {
    const values = Array.from({ length: 64 }, (_, index) =>
      MLockedBytes.newZeroed(sizes[index % sizes.length]!),
    );
    wrong.dirty += values.filter((value) => !isFilled(value, 0)).length;
    for (const value of values) value.withBytes((bytes) => void bytes.fill(marker));
    meet(barrier, round);
    wrong.changed += values.filter((value) => !isFilled(value, marker)).length;
    if (!sum2Kes.verify(key.deriveVerificationKey(), 0, message, key.sign(message)))
      wrong.keys += 1;
    for (const value of values) value.release();
  }
  const { liveSlots } = pooledAllocator.usage();
  const result = { id, wrong, root, liveSlots };
  try {
    parentPort?.postMessage({ ...result, posted: keySeed });
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error;
    parentPort?.postMessage({ ...result, posted: {} });
  }
}

async function main() {
  const barrier = new Int32Array(new SharedArrayBuffer(4));
  const own = MLockedBytes.fromBytes(new Uint8Array(64).fill(99));
  const workers = Array.from(
    { length: WORKERS },
    (_, id) => new Worker(fileURLToPath(import.meta.url), { workerData: { id, barrier } }),
  );
  const ends = workers.map((worker) => once(worker, 'exit'));
  const messages = (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(
    ([first]) => first,
  );
  await Promise.all(ends);
  print({
    results: messages.map(({ wrong, posted }) => ({
      ...wrong,
      posted: Reflect.ownKeys(posted).length,
    })),
    roots: new Set(messages.map(({ root }) => root)).size,
    mine: isFilled(own, 99),
  });
}

if (isMainThread) await main();
else work(workerData);
