import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  withMLockedBytes,
} from '@evolock/mlocked-bytes';
import { goneRoot, liveRoot, type Expectation } from '../../secrets/expectation.js';
import type { Operation, Subject } from '../operation.js';
import { holds } from '../refused.js';

const SIZE = 32;

function bytes(subject: Subject): MLockedBytes {
  const locked = MLockedBytes.newZeroed(SIZE);
  locked.withBytes((memory) => {
    subject.plant(memory);
  });
  return locked;
}

function operation(
  name: string,
  expects: Expectation,
  run: (secret: MLockedBytes) => unknown,
): Operation {
  return { layer: 'locked bytes', name, expects, run: (subject) => run(bytes(subject)) };
}

/** Every operation of locked bytes. */
export const lockedBytesOperations: readonly Operation[] = [
  {
    layer: 'locked bytes',
    name: 'fromBytes',
    expects: liveRoot,
    run(subject) {
      // This memory is outside the heap, because the garbage collector copies objects in the heap.
      const source = new Uint8Array(new ArrayBuffer(SIZE));
      subject.plant(source);
      return MLockedBytes.fromBytes(source);
    },
  },
  operation('copyFrom', liveRoot, (secret) => {
    const copy = MLockedBytes.newZeroed(2 * SIZE);
    copy.copyFrom(secret, 7);
    return [secret, copy];
  }),
  operation('clone', liveRoot, (secret) => [secret, secret.clone()]),
  operation('clone into a mapping of its own', liveRoot, (secret) => [
    secret,
    secret.clone({ allocator: mappingAllocator }),
  ]),
  operation('equals', liveRoot, (secret) => {
    const other = secret.clone();
    holds(secret.equals(other), 'a clone is equal');
    other.zero();
    holds(!secret.equals(other), 'zeros are not equal to the secret');
    return [secret, other];
  }),
  operation('withBytes, a loop over the bytes', liveRoot, (secret) => {
    const sum = secret.withBytes((memory) => {
      let total = 0;
      for (const byte of memory) total += byte;
      return total;
    });
    holds(sum > 0, 'a secret is not zero');
    return secret;
  }),
  operation('serialise and read', liveRoot, (secret) => {
    const buffer = MLockedBytes.newZeroed(SIZE);
    buffer.withBytes((memory) => {
      directSerialiseBufChecked(memory, secret);
    });
    const read = buffer.withBytes((memory) =>
      directDeserialiseBufChecked(memory, MLockedBytes.type(SIZE)),
    );
    return [secret, buffer, read];
  }),
  operation('zero', goneRoot, (secret) => {
    secret.zero();
    return secret;
  }),
  operation('release', goneRoot, (secret) => {
    secret.release();
  }),
  {
    layer: 'locked bytes',
    name: 'release, then trim of the pool',
    expects: goneRoot,
    run(subject) {
      const pool = new PooledAllocator();
      const secret = MLockedBytes.newZeroed(SIZE, { allocator: pool });
      secret.withBytes(subject.plant);
      secret.release();
      pool.trim();
      holds(pool.usage().regions === 0, 'a trimmed pool has no region');
    },
  },
  {
    layer: 'locked bytes',
    name: 'release of a mapping of its own',
    expects: goneRoot,
    run(subject) {
      const secret = MLockedBytes.newZeroed(SIZE, { allocator: mappingAllocator });
      secret.withBytes((memory) => {
        subject.plant(memory);
      });
      secret.release();
    },
  },
  {
    layer: 'locked bytes',
    name: 'the end of withMLockedBytes',
    expects: goneRoot,
    run(subject) {
      withMLockedBytes(SIZE, (secret) => {
        secret.withBytes((memory) => {
          subject.plant(memory);
        });
      });
    },
  },
];
