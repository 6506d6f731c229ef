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
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  withMLockedBytes,
  type AllocationOptions,
  type MLockedAllocator,
} from '@evolock/mlocked-bytes';
import { copyOf, lend, lendBlocks, moveInto, unsoundMemory } from '@evolock/mlocked-bytes/unsound';
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

/** What locked bytes and seeds have in common. */
interface LockedType<Value extends MLockedBytes | MLockedSeed<32>> {
  fromBytes(bytes: Uint8Array): Value;
  newZeroed(size: typeof SIZE): Value;
  type(size: typeof SIZE): DirectDeserialise<Value, AllocationOptions>;
}

/** The operations of both. */
function operationsOf<Value extends MLockedBytes | MLockedSeed<32>>(
  name: string,
  type: LockedType<Value>,
): Operation[] {
  const operation = layer(name);
  const of = (title: string, expects: Expectation, run: (secret: Value) => unknown) =>
    operation(title, expects, ({ plant }) => {
      const secret = type.newZeroed(SIZE);
      secret.withBytes(plant);
      return run(secret);
    });
  return [
    operation('fromBytes', liveRoot, ({ plant }) => {
      // Outside the heap, because the garbage collector copies objects in the heap.
      const source = new Uint8Array(new ArrayBuffer(SIZE));
      plant(source);
      return type.fromBytes(source);
    }),
    of('clone', liveRoot, (secret) => [secret, secret.clone()]),
    of('equals', liveRoot, (secret) => {
      const other = secret.clone() as Value;
      holds(secret.equals(other as never), 'a clone is equal');
      using zeros = type.newZeroed(SIZE);
      holds(!secret.equals(zeros as never), 'zeros are not equal to the secret');
      return [secret, other];
    }),
    of('withBytes, a loop over the bytes', liveRoot, (secret) => {
      const sum = secret.withBytes((memory) => {
        let total = 0;
        for (const byte of memory) total += byte;
        return total;
      });
      holds(sum > 0, 'a secret is not zero');
      return secret;
    }),
    of('serialise and read', liveRoot, (secret) => {
      const buffer = serialised(SIZE, secret);
      return [secret, buffer, readFrom(buffer, type.type(SIZE))];
    }),
    of('release', goneRoot, (secret) => secret.release()),
  ];
}

const ofBytes = layer('locked bytes');

const lockedBytesOperations: readonly Operation[] = [
  ...operationsOf('locked bytes', MLockedBytes),
  ofBytes('copyFrom', liveRoot, (subject) => {
    const secret = lockedCopy(subject);
    const copy = MLockedBytes.newZeroed(2 * SIZE);
    copy.copyFrom(secret, 7);
    return [secret, copy];
  }),
  ofBytes('clone into a mapping of its own', liveRoot, (subject) => {
    const secret = lockedCopy(subject);
    return [secret, secret.clone({ allocator: mappingAllocator })];
  }),
  ofBytes('zero', goneRoot, (subject) => {
    const secret = lockedCopy(subject);
    secret.zero();
    return secret;
  }),
  ofBytes('release, then trim of the pool', goneRoot, (subject) => {
    const pool = new PooledAllocator();
    lockedCopy(subject, pool).release();
    pool.trim();
    holds(pool.usage().regions === 0, 'a trimmed pool has no region');
  }),
  ofBytes('release of a mapping of its own', goneRoot, (subject) =>
    lockedCopy(subject, mappingAllocator).release(),
  ),
  ofBytes('the end of withMLockedBytes', goneRoot, ({ plant }) =>
    withMLockedBytes(SIZE, (secret) => secret.withBytes(plant)),
  ),
];

const halves = (memory: Uint8Array) => [memory.subarray(0, HALF), memory.subarray(HALF)];

/** Pushes two adjacent blocks, one after the other. */
const blockByBlock = (secret: MLockedBytes): DirectSerialise => ({
  directSerialise: (push) =>
    lendBlocks(halves(unsoundMemory(secret)), push, () => unsoundMemory(secret)),
});

const inBlocks: DirectDeserialise<MLockedBytes> = {
  directDeserialise(pull) {
    const value = target();
    lendBlocks(halves(unsoundMemory(value)), pull, () => undefined);
    return value;
  },
};

function target(): MLockedBytes {
  return MLockedBytes.newZeroed(SIZE);
}

/** Writes to locked memory at an offset. */
const writeTo =
  (bytes: MLockedBytes) =>
  (offset: number, block: Uint8Array): void =>
    unsoundMemory(bytes).set(block, offset);

/** Reads from locked memory at an offset. */
const readOf =
  (bytes: MLockedBytes) =>
  (offset: number, block: Uint8Array): void =>
    block.set(unsoundMemory(bytes).subarray(offset, offset + block.byteLength));

/** The DirectSerialise helpers and the functions for authors of locked types: what each makes of a secret and an empty target. */
const moves: Readonly<Record<string, (secret: MLockedBytes, to: MLockedBytes) => unknown>> = {
  'directSerialiseBuf, at once': (secret, to) =>
    to.withBytes((memory) => void directSerialiseBuf(memory, secret)),
  'directSerialiseBufChecked, block by block': (secret, to) =>
    to.withBytes((memory) => directSerialiseBufChecked(memory, blockByBlock(secret))),
  directSerialiseTo: (secret, to) => directSerialiseTo(writeTo(to), SIZE, secret),
  directSerialiseToChecked: (secret, to) =>
    directSerialiseToChecked(writeTo(to), SIZE, blockByBlock(secret)),
  'directDeserialiseBuf, at once': (secret) =>
    secret.withBytes((memory) => directDeserialiseBuf(memory, MLockedBytes.type(SIZE))),
  'directDeserialiseBufChecked, block by block': (secret) =>
    secret.withBytes((memory) => directDeserialiseBufChecked(memory, inBlocks)),
  directDeserialiseFrom: (secret) => directDeserialiseFrom(readOf(secret), SIZE, inBlocks),
  directDeserialiseFromChecked: (secret) =>
    directDeserialiseFromChecked(readOf(secret), SIZE, inBlocks),
  'lend and lendBlocks': (secret, to) => {
    const second = target();
    lend(unsoundMemory(secret), writeTo(to).bind(undefined, 0));
    lendBlocks([unsoundMemory(secret)], writeTo(second).bind(undefined, 0), () => undefined);
    return second;
  },
  copyOf: (secret, to) => copyOf(secret, to),
  moveInto: (secret, to) => moveInto(to, unsoundMemory(secret.clone())),
};

const serialiseOperations = Object.entries(moves).map(([name, move]) =>
  layer('DirectSerialise')(name, liveRoot, (subject) => {
    const secret = lockedCopy(subject);
    const to = target();
    return [secret, to, move(secret, to)];
  }),
);

/** Every operation of a seed except `newRandom`, whose result the scanning process does not know. */
const seedOperations: readonly Operation[] = [
  ...operationsOf<MLockedSeed<32>>('seed', MLockedSeed),
  layer('seed')('expand', { ...liveRoot, live: ['', 'L', 'R'] }, (subject) => {
    const seed = subject.seed();
    const { left, right } = seed.expand();
    return [seed, left, right];
  }),
  layer('seed')('expand, then release all', { ...goneRoot, gone: ['', 'L', 'R'] }, (subject) => {
    const seed = subject.seed();
    const { left, right } = seed.expand();
    for (const each of [seed, left, right]) each.release();
  }),
];

/** Every operation of locked bytes and seeds. */
export const lockedMemoryOperations: readonly Operation[] = [
  ...lockedBytesOperations,
  ...serialiseOperations,
  ...seedOperations,
];
