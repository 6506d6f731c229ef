/**
 * A process whose operations are ended from outside, which runs no `finally`. It prints its findings as JSON. Arguments: how
 * often each operation is ended, and how: `timeout` or `SIGINT`.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { compactSumKesOfDepth, MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';
import { mappingAllocator, PooledAllocator } from '@evolock/kes-sum/all';

const [times, end] = [Number(process.argv[2]), process.argv[3]];
const message = Uint8Array.of(1, 2, 3);

/** Records the memory of every slot of an allocator. */
function recorded(allocator) {
  const memory = new Set();
  const { allocate } = allocator;
  allocator.allocate = (...given) => {
    const slot = Reflect.apply(allocate, allocator, given);
    memory.add(slot.unsoundBytes);
    return slot;
  };
  return memory;
}

const isDirty = (bytes) => bytes.some((byte) => byte !== 0);

// Keys and seeds have a pool: mappings of their own are scratch memory.
const scratch = recorded(mappingAllocator);
const tenant = new PooledAllocator();
const values = recorded(tenant);
const options = { allocator: tenant };

const found = { ended: {}, whole: 0, dirty: [], wrong: [], left: 0 };

function newSeed() {
  return MLockedSeed.fromBytes(randomBytes(32), options);
}

function isGood(key, root) {
  return key.algorithm.verify(root, key.period, message, key.sign(message));
}

/** Each runs until it is ended. `kept` has the values that it made. */
const operations = {
  generate: ({ algorithm, seed, kept }) => {
    for (;;) {
      kept[0]?.release();
      kept[0] = algorithm.generateKey(seed, options);
    }
  },
  update: ({ key }) => {
    for (;;) if (key.period + 1 < key.algorithm.totalPeriods) key.update();
  },
  clone: ({ key, kept }) => {
    for (;;) {
      kept[0]?.release();
      kept[0] = key.clone(options);
      kept[0].updateTo(randomInt(kept[0].period, key.algorithm.totalPeriods));
    }
  },
  serialise: ({ key, buffer }) => {
    for (;;) directSerialiseBufChecked(buffer, key);
  },
  'push that hangs': ({ key }) => {
    key.directSerialise(() => {
      for (;;);
    });
  },
  read: ({ algorithm, bytes, kept }) => {
    for (;;) {
      kept[0]?.release();
      kept[0] = directDeserialiseBufChecked(bytes, algorithm, options);
    }
  },
  'pull that hangs': ({ algorithm, bytes }) => {
    let blocks = 0;
    algorithm.directDeserialise((block) => {
      block.set(bytes.subarray(0, block.byteLength));
      if (blocks++ > 2) for (;;);
    }, options);
  },
  'serialise within push': ({ key, bystander }) => {
    key.directSerialise(() => {
      for (;;) bystander.directSerialise((block) => block.byteLength);
    });
  },
  expand: ({ seed, kept }) => {
    for (;;) {
      kept[0]?.release();
      kept[1]?.release();
      ({ left: kept[0], right: kept[1] } = seed.expand(options));
    }
  },
};

const started = new Int32Array(new SharedArrayBuffer(4));

/** Ends operations: by a time limit, or by SIGINT from a thread once the operation has started. */
const enders = {
  timeout: (run) => {
    globalThis.run = run;
    vm.runInThisContext('run()', { timeout: randomInt(1, 4) });
  },
  SIGINT: (run) => {
    globalThis.run = () => {
      Atomics.store(started, 0, 1);
      Atomics.notify(started, 0);
      run();
    };
    vm.runInThisContext('run()', { breakOnSigint: true });
  },
};

let interrupter;
if (end === 'SIGINT') {
  interrupter = new Worker(
    `const { workerData: started } = require('node:worker_threads');
     for (;;) {
       Atomics.wait(started, 0, 0);
       Atomics.store(started, 0, 0);
       Atomics.wait(started, 0, 0, 3 * Math.random());
       process.kill(process.pid, 'SIGINT');
     }`,
    { eval: true, workerData: started },
  );
  await once(interrupter, 'online');
}

function checkScratch(name) {
  if ([...scratch].some(isDirty)) found.dirty.push(name);
}

/** The first calls after the end: one operation in each scratch memory, or a release of everything. */
const nexts = [
  ({ key, seed }) => {
    key.directSerialise(() => undefined);
    const { left, right } = seed.expand(options);
    left.release();
    right.release();
  },
  ({ algorithm, seed }) => {
    algorithm.generateKey(seed, options).release();
    const { left, right } = seed.expand(options);
    left.release();
    right.release();
  },
];

async function attempt(name, algorithm, turn) {
  const seed = newSeed();
  const key = algorithm.generateKey(seed, options);
  const undisturbed = algorithm.generateKey(seed, options);
  const bystander = algorithm.generateKey(seed, options);
  const root = key.deriveVerificationKey();
  const bytes = new Uint8Array(algorithm.signingKeySize);
  const buffer = new Uint8Array(algorithm.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  const kept = [];
  const context = { algorithm, seed, key, bystander, bytes, buffer, kept };
  let ended = false;
  try {
    enders[end](() => operations[name](context));
  } catch (error) {
    ended =
      error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ||
      error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
    if (!ended) found.wrong.push(`${name}: ${error.stack}`);
  }
  if (ended) found.ended[name] = (found.ended[name] ?? 0) + 1;
  // The next operation, or the next release, may come in the same turn of the event loop or later.
  if (turn % 2 === 0) await nextTurn();
  nexts[turn % nexts.length](context);
  checkScratch(name);

  // The key signs at its period and equals an undisturbed key.
  undisturbed.updateTo(key.period);
  const mine = new Uint8Array(algorithm.signingKeySize);
  const theirs = new Uint8Array(algorithm.signingKeySize);
  directSerialiseBufChecked(mine, key);
  directSerialiseBufChecked(theirs, undisturbed);
  if (!Buffer.from(mine).equals(theirs))
    found.wrong.push(`${name}: another content at ${key.period}`);
  key.updateTo(algorithm.totalPeriods - 1);
  if (!isGood(key, root) || !isGood(bystander, root))
    found.wrong.push(`${name}: a wrong signature`);
  found.whole += 1;
  checkScratch(`${name}, afterwards`);
  for (const value of [seed, key, undisturbed, bystander, ...kept]) value?.release();
}

const algorithms = [sumKesOfDepth(3), compactSumKesOfDepth(3), sumKesOfDepth(6)];
let turn = 0;
for (let time = 0; time < times; time += 1) {
  for (const name of Object.keys(operations)) {
    await attempt(name, algorithms[turn % algorithms.length], turn);
    turn += 1;
  }
}
await interrupter?.terminate();
// A complete value that the program did not get is wiped when it is collected.
const areLeft = () => [...values].filter(isDirty).length;
for (let collections = 0; collections < 20 && areLeft() > 0; collections += 1) {
  globalThis.gc();
  await nextTurn();
}
found.left = areLeft();
console.log(JSON.stringify(found));
process.exit();
