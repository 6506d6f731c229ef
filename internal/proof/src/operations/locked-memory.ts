/** Operations of locked bytes, of the functions that move them, and of seeds. */
import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  pullWhole,
  pushWhole,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  withMLockedBytes,
  type MLockedAllocator,
} from '@evolock/mlocked-bytes';
import {
  copyOf,
  filled,
  lend,
  lendBlocks,
  moveInto,
  unsoundMemory,
} from '@evolock/mlocked-bytes/unsound';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { goneRoot, liveRoot, type Expectation } from '../secrets/expectation.js';
import { holds, layer, type Operation, type Subject } from './operation.js';

const SIZE = 32;
const HALF = SIZE / 2;

/** The secret in new locked bytes. */
export function lockedCopy({ plant }: Subject, allocator?: MLockedAllocator): MLockedBytes {
  const locked = MLockedBytes.newZeroed(SIZE, { allocator });
  locked.withBytes(plant);
  return locked;
}

/** The serialised form of a value, in a new locked buffer. */
export function serialised(size: number, value: DirectSerialise): MLockedBytes {
  const buffer = MLockedBytes.newZeroed(size);
  buffer.withBytes((memory) => {
    directSerialiseBufChecked(memory, value);
  });
  return buffer;
}

/** Reads a value from a locked buffer. */
export function readFrom<Value, Options extends object>(
  buffer: MLockedBytes,
  type: DirectDeserialise<Value, Options>,
): Value {
  return buffer.withBytes((memory) => directDeserialiseBufChecked<Value, Options>(memory, type));
}

/** The secret in ordinary memory outside the heap, because the garbage collector copies objects in the heap. */
function plantedOutside({ plant }: Subject): Uint8Array {
  const source = new Uint8Array(new ArrayBuffer(SIZE));
  plant(source);
  return source;
}

const operationOfBytes = layer('locked bytes');
const ofBytes = (name: string, expects: Expectation, run: (secret: MLockedBytes) => unknown) =>
  operationOfBytes(name, expects, (subject) => run(lockedCopy(subject)));

const lockedBytesOperations: readonly Operation[] = [
  operationOfBytes('fromBytes', liveRoot, (subject) =>
    MLockedBytes.fromBytes(plantedOutside(subject)),
  ),
  ofBytes('copyFrom', liveRoot, (secret) => {
    const copy = MLockedBytes.newZeroed(2 * SIZE);
    copy.copyFrom(secret, 7);
    return [secret, copy];
  }),
  ofBytes('clone', liveRoot, (secret) => [secret, secret.clone()]),
  ofBytes('clone into a mapping of its own', liveRoot, (secret) => [
    secret,
    secret.clone({ allocator: mappingAllocator }),
  ]),
  ofBytes('equals', liveRoot, (secret) => {
    const other = secret.clone();
    holds(secret.equals(other), 'a clone is equal');
    other.zero();
    holds(!secret.equals(other), 'zeros are not equal to the secret');
    return [secret, other];
  }),
  ofBytes('withBytes, a loop over the bytes', liveRoot, (secret) => {
    const sum = secret.withBytes((memory) => {
      let total = 0;
      for (const byte of memory) total += byte;
      return total;
    });
    holds(sum > 0, 'a secret is not zero');
    return secret;
  }),
  ofBytes('serialise and read', liveRoot, (secret) => {
    const buffer = serialised(SIZE, secret);
    return [secret, buffer, readFrom(buffer, MLockedBytes.type(SIZE))];
  }),
  ofBytes('zero', goneRoot, (secret) => {
    secret.zero();
    return secret;
  }),
  ofBytes('release', goneRoot, (secret) => secret.release()),
  operationOfBytes('release, then trim of the pool', goneRoot, (subject) => {
    const pool = new PooledAllocator();
    lockedCopy(subject, pool).release();
    pool.trim();
    holds(pool.usage().regions === 0, 'a trimmed pool has no region');
  }),
  operationOfBytes('release of a mapping of its own', goneRoot, (subject) =>
    lockedCopy(subject, mappingAllocator).release(),
  ),
  operationOfBytes('the end of withMLockedBytes', goneRoot, ({ plant }) =>
    withMLockedBytes(SIZE, (secret) => secret.withBytes(plant)),
  ),
];

function halves(secret: MLockedBytes): Uint8Array[] {
  const memory = unsoundMemory(secret);
  return [memory.subarray(0, HALF), memory.subarray(HALF)];
}

/** Pushes two adjacent blocks as one block when the push supports that. */
function atOnce(secret: MLockedBytes): DirectSerialise {
  return {
    directSerialise(push) {
      if (pushWhole(push, unsoundMemory(secret))) return;
      for (const half of halves(secret)) push(half);
    },
  };
}

/** Pushes the two blocks one after the other. */
function blockByBlock(secret: MLockedBytes): DirectSerialise {
  return {
    directSerialise(push) {
      lendBlocks(halves(secret), push, () => unsoundMemory(secret));
    },
  };
}

const wholeType: DirectDeserialise<MLockedBytes> = {
  directDeserialise: (pull) =>
    filled(target(), (memory) => {
      holds(pullWhole(pull, memory), 'a buffer is read as one block');
    }),
};

const inBlocks: DirectDeserialise<MLockedBytes> = {
  directDeserialise(pull) {
    const value = target();
    lendBlocks(halves(value), pull, () => undefined);
    return value;
  },
};

function target(): MLockedBytes {
  return MLockedBytes.newZeroed(SIZE);
}

/** Functions that write and read locked memory at an offset. */
function at(bytes: MLockedBytes) {
  return {
    write: (offset: number, block: Uint8Array): void => {
      unsoundMemory(bytes).set(block, offset);
    },
    read: (offset: number, block: Uint8Array): void => {
      block.set(unsoundMemory(bytes).subarray(offset, offset + block.byteLength));
    },
  };
}

const operationOfMoves = layer('DirectSerialise');
const moving = (name: string, run: (secret: MLockedBytes) => unknown) =>
  operationOfMoves(name, liveRoot, (subject) => run(lockedCopy(subject)));
const writing = (name: string, write: (buffer: MLockedBytes, secret: MLockedBytes) => void) =>
  moving(name, (secret) => {
    const buffer = target();
    write(buffer, secret);
    return [secret, buffer];
  });

/** The DirectSerialise helpers and the functions for authors of locked types, as one block and block by block. */
const serialiseOperations: readonly Operation[] = [
  writing('directSerialiseBuf, at once', (buffer, secret) => {
    buffer.withBytes((memory) => directSerialiseBuf(memory, atOnce(secret)));
  }),
  writing('directSerialiseBufChecked, block by block', (buffer, secret) => {
    buffer.withBytes((memory) => directSerialiseBufChecked(memory, blockByBlock(secret)));
  }),
  writing('directSerialiseTo', (buffer, secret) => {
    directSerialiseTo(at(buffer).write, SIZE, atOnce(secret));
  }),
  writing('directSerialiseToChecked', (buffer, secret) => {
    directSerialiseToChecked(at(buffer).write, SIZE, blockByBlock(secret));
  }),
  moving('directDeserialiseBuf, at once', (secret) => [
    secret,
    secret.withBytes((memory) => directDeserialiseBuf(memory, wholeType)),
  ]),
  moving('directDeserialiseBufChecked, block by block', (secret) => [
    secret,
    secret.withBytes((memory) => directDeserialiseBufChecked(memory, inBlocks)),
  ]),
  moving('directDeserialiseFrom', (secret) => [
    secret,
    directDeserialiseFrom(at(secret).read, SIZE, inBlocks),
  ]),
  moving('directDeserialiseFromChecked', (secret) => [
    secret,
    directDeserialiseFromChecked(at(secret).read, SIZE, inBlocks),
  ]),
  moving('lend and lendBlocks', (secret) => {
    const copies = [target(), target()];
    const [first, second] = copies.map((copy) => unsoundMemory(copy));
    lend(unsoundMemory(secret), (memory) => {
      first?.set(memory);
    });
    lendBlocks(
      [unsoundMemory(secret)],
      (memory) => {
        second?.set(memory);
      },
      () => undefined,
    );
    return [secret, copies];
  }),
  moving('copyOf', (secret) => [secret, copyOf(secret, target())]),
  moving('moveInto', (secret) => [secret.clone(), moveInto(target(), unsoundMemory(secret))]),
];

const operationOfSeeds = layer('seed');
const ofSeed = (name: string, expects: Expectation, run: (seed: MLockedSeed<32>) => unknown) =>
  operationOfSeeds(name, expects, (subject) => run(subject.seed()));

/** Every operation of a seed except `newRandom`, whose result the scanning process does not know. */
const seedOperations: readonly Operation[] = [
  operationOfSeeds('fromBytes', liveRoot, (subject) =>
    MLockedSeed.fromBytes(plantedOutside(subject)),
  ),
  ofSeed('clone', liveRoot, (seed) => [seed, seed.clone()]),
  ofSeed('equals', liveRoot, (seed) => {
    const other = seed.clone();
    holds(seed.equals(other), 'a clone is equal');
    const random = MLockedSeed.newRandom(32);
    holds(!seed.equals(random), 'a random seed is not equal');
    random.release();
    return [seed, other];
  }),
  ofSeed('expand', { ...liveRoot, live: ['', 'L', 'R'] }, (seed) => {
    const { left, right } = seed.expand();
    return [seed, left, right];
  }),
  ofSeed('expand, then release all', { ...goneRoot, gone: ['', 'L', 'R'] }, (seed) => {
    const { left, right } = seed.expand();
    for (const each of [seed, left, right]) each.release();
  }),
  ofSeed('serialise and read', liveRoot, (seed) => {
    const buffer = serialised(SIZE, seed);
    return [seed, buffer, readFrom(buffer, MLockedSeed.type(32))];
  }),
  ofSeed('withBytes, a loop over the bytes', liveRoot, (seed) => {
    holds(
      seed.withBytes((memory) => memory.some((byte) => byte !== 0)),
      'a secret is not zero',
    );
    return seed;
  }),
  ofSeed('release', goneRoot, (seed) => seed.release()),
];

/** Every operation of locked bytes and seeds. */
export const lockedMemoryOperations: readonly Operation[] = [
  ...lockedBytesOperations,
  ...serialiseOperations,
  ...seedOperations,
];
