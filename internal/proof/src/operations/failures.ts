import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type Pull,
} from '@evolock/direct-serialise';
import { ed25519 } from '@evolock/dsign-ed25519';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import {
  MLockedBytes,
  pooledAllocator,
  type AllocationOptions,
  type MLockedAllocator,
} from '@evolock/mlocked-bytes';
import { unsoundAllocator } from '@evolock/mlocked-bytes/unsound';
import { keyAt, liveRoot, released, type Expectation } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { readFrom, serialised } from './locked-memory.js';
import { Broken, layer, refused, type Operation, type Subject } from './operation.js';

const BROKEN_BLOCK = 5;
const start = keyAt({ depth: 6, period: 0 });
const size = sum6Kes.signingKeySize;

/** Calls `work` for each block and its offset, and throws after some blocks. */
function breaking(work: (block: Uint8Array, offset: number) => void): Pull {
  let blocks = 0;
  let offset = 0;
  return (block: Uint8Array) => {
    blocks += 1;
    work(block, offset);
    offset += block.byteLength;
    if (blocks === BROKEN_BLOCK) throw new Broken('the transport failed');
  };
}

const operation = layer('errors');
const withKey = (name: string, expects: Expectation, run: (key: KesSigningKey) => unknown) =>
  operation(name, expects, (subject) => run(keyOf(sum6Kes, subject)));

/** An allocator that refuses its n-th allocation, counted from 1, and all later ones. */
function refusingFrom(n: number): MLockedAllocator {
  let requests = 0;
  return unsoundAllocator((size, alignment) => {
    requests += 1;
    if (requests >= n) {
      throw Object.assign(new Error('no memory'), { code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' });
    }
    return pooledAllocator.allocate(size, alignment);
  });
}

/** An operation on a live seed whose n-th allocation is refused. */
const refusal = (
  name: string,
  expects: Expectation,
  refuse: number,
  run: (seed: ReturnType<Subject['seed']>, options: AllocationOptions) => unknown,
) =>
  operation(name, expects, (subject) => {
    const seed = subject.seed();
    const allocator = refusingFrom(refuse);
    refused('ERR_EVOLOCK_ALLOCATION_REFUSED', () => run(seed, { allocator }));
    return seed;
  });

/** The children of a seed are not kept. */
const noChildren: Expectation = { ...liveRoot, gone: ['L', 'R'] };

/** Operations that fail before they complete. */
export const failureOperations: readonly Operation[] = [
  withKey('a push that throws', start, (key) => {
    const target = MLockedBytes.newZeroed(size);
    const push = breaking((block, offset) => {
      target.withBytes((memory) => memory.set(block, offset));
    });
    refused('ERR_BROKEN', () => key.directSerialise(push));
    return [key, target];
  }),
  withKey('a pull that throws', released(start), (key) => {
    const buffer = serialised(size, key);
    key.release();
    const pull = breaking((block, offset) => {
      buffer.withBytes((memory) => block.set(memory.subarray(offset, offset + block.byteLength)));
    });
    refused('ERR_BROKEN', () => sum6Kes.directDeserialise(pull));
    buffer.release();
  }),
  withKey('a buffer too small for a key', start, (key) => {
    const small = MLockedBytes.newZeroed(size - 1);
    refused('ERR_EVOLOCK_SIZE_CHECK', () =>
      small.withBytes((memory) => {
        directSerialiseBufChecked(memory, key);
      }),
    );
    return [key, small];
  }),
  withKey('a buffer too large for a key that is read', released(start), (key) => {
    const large = MLockedBytes.newZeroed(size + 1);
    const buffer = serialised(size, key);
    large.copyFrom(buffer);
    refused('ERR_EVOLOCK_SIZE_CHECK', () =>
      large.withBytes((memory) => directDeserialiseBufChecked(memory, sum6Kes)),
    );
    for (const each of [key, buffer, large]) each.release();
  }),
  withKey('a key that was tampered with', released(start), (key) => {
    const buffer = serialised(size, key);
    key.release();
    buffer.withBytes((memory) => {
      memory[size - 1]! ^= 1;
    });
    refused('ERR_EVOLOCK_KES_INCONSISTENT_KEY', () => readFrom(buffer, sum6Kes));
    buffer.release();
  }),
  refusal('no memory to generate a key', liveRoot, 1, (seed, options) =>
    sum6Kes.generateKey(seed, options),
  ),
  refusal('no memory for the second child of a seed', noChildren, 2, (seed, options) =>
    seed.expand(options),
  ),
  refusal('no memory to read an Ed25519 key', liveRoot, 2, (seed, options) =>
    ed25519.directDeserialise((block) => {
      seed.withBytes((memory) => {
        block.set(memory);
      });
    }, options),
  ),
  withKey('no memory to clone a key', start, (key) => {
    const allocator = refusingFrom(1);
    refused('ERR_EVOLOCK_ALLOCATION_REFUSED', () => key.clone({ allocator }));
    return key;
  }),
];
