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
import { MLockedBytes } from '@evolock/mlocked-bytes';
import {
  copyOf,
  filled,
  lend,
  lendBlocks,
  moveInto,
  unsoundMemory,
} from '@evolock/mlocked-bytes/unsound';
import { liveRoot } from '../../secrets/expectation.js';
import type { Operation } from '../operation.js';
import { holds } from '../refused.js';

const SIZE = 32;
const HALF = SIZE / 2;

function operation(name: string, run: (secret: MLockedBytes) => unknown): Operation {
  return {
    layer: 'DirectSerialise',
    name,
    expects: liveRoot,
    run(subject) {
      const secret = MLockedBytes.newZeroed(SIZE);
      secret.withBytes(subject.plant);
      return run(secret);
    },
  };
}

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
    filled(MLockedBytes.newZeroed(SIZE), (memory) => {
      holds(pullWhole(pull, memory), 'a buffer is read as one block');
    }),
};

const inBlocks: DirectDeserialise<MLockedBytes> = {
  directDeserialise(pull) {
    const value = MLockedBytes.newZeroed(SIZE);
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

/** The DirectSerialise helpers and the functions for authors of locked types, as one block and block by block. */
export const serialiseOperations: readonly Operation[] = [
  operation('directSerialiseBuf, at once', (secret) => {
    const buffer = target();
    buffer.withBytes((memory) => directSerialiseBuf(memory, atOnce(secret)));
    return [secret, buffer];
  }),
  operation('directSerialiseBufChecked, block by block', (secret) => {
    const buffer = target();
    buffer.withBytes((memory) => {
      directSerialiseBufChecked(memory, blockByBlock(secret));
    });
    return [secret, buffer];
  }),
  operation('directSerialiseTo', (secret) => {
    const buffer = target();
    directSerialiseTo(at(buffer).write, SIZE, atOnce(secret));
    return [secret, buffer];
  }),
  operation('directSerialiseToChecked', (secret) => {
    const buffer = target();
    directSerialiseToChecked(at(buffer).write, SIZE, blockByBlock(secret));
    return [secret, buffer];
  }),
  operation('directDeserialiseBuf, at once', (secret) => [
    secret,
    secret.withBytes((memory) => directDeserialiseBuf(memory, wholeType)),
  ]),
  operation('directDeserialiseBufChecked, block by block', (secret) => [
    secret,
    secret.withBytes((memory) => directDeserialiseBufChecked(memory, inBlocks)),
  ]),
  operation('directDeserialiseFrom', (secret) => [
    secret,
    directDeserialiseFrom(at(secret).read, SIZE, inBlocks),
  ]),
  operation('directDeserialiseFromChecked', (secret) => [
    secret,
    directDeserialiseFromChecked(at(secret).read, SIZE, inBlocks),
  ]),
  operation('lend and lendBlocks', (secret) => {
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
  operation('copyOf', (secret) => [secret, copyOf(secret, target())]),
  operation('moveInto', (secret) => [secret.clone(), moveInto(target(), unsoundMemory(secret))]),
];
