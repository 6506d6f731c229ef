/**
 * The properties of the matrix that the conformance runner does not check: memory, wiping, failures, refusals. Each takes an
 * algorithm of the built package and a `check`, which counts, and throws when its condition is false.
 */
import {
  directDeserialiseBufChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
} from '@evolock/direct-serialise';
import * as evolock from '@evolock/kes-sum';
import * as unsound from '@evolock/kes-sum/unsound';

export const message = Uint8Array.of(1, 2, 3);

/** An allocator that keeps the memory which it handed out, and counts the slots that are alive. */
export class Memory {
  blocks = [];
  live = 0;
  allocations = 0;

  allocate(size, alignment) {
    const slot = evolock.pooledAllocator.allocate(size, alignment);
    this.blocks.push(slot.unsoundBytes);
    this.allocations += 1;
    this.live += 1;
    return {
      unsoundBytes: slot.unsoundBytes,
      release: () => {
        slot.release();
        this.live -= 1;
      },
    };
  }

  get wiped() {
    return this.blocks.every((block) => block.every((byte) => byte === 0));
  }
}

export function keyOf(algorithm, options) {
  const seed = evolock.MLockedSeed.newZeroed(32);
  seed.withBytes((bytes) => void bytes.set(Uint8Array.from({ length: 32 }, (_, at) => 7 * at + 1)));
  try {
    return algorithm.generateKey(seed, options);
  } finally {
    seed.release();
  }
}

/** Uses a key and releases it. */
export function withKey(key, use) {
  try {
    return use(key);
  } finally {
    key.release();
  }
}

export function serialised(key) {
  const bytes = new Uint8Array(key.algorithm.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return bytes;
}

export const same = (left, right) => Buffer.from(left).equals(right);

export function codeOf(run) {
  try {
    run();
    return undefined;
  } catch (error) {
    return error.code ?? error.message;
  }
}

/** First, middle and last period. */
const some = ({ totalPeriods }) => new Set([0, totalPeriods >> 1, totalPeriods - 1]);

/** How properties make keys, and the periods that they check. */
const fresh = { keyOf, some };

function allocationsFreed(algorithm, check) {
  const memory = new Memory();
  withKey(keyOf(algorithm, { allocator: memory }), (key) => {
    while (key.period + 1 < algorithm.totalPeriods) key.update();
    withKey(key.clone({ allocator: memory }), (copy) => {
      const read = directDeserialiseBufChecked(serialised(copy), algorithm, { allocator: memory });
      read.release();
    });
    check(memory.live === 1, 'a key that lives has one slot');
  });
  check(memory.live === 0, 'all slots are given back');
  check(memory.wiped, 'all slots are wiped');
}

function forgetting(algorithm, check) {
  const memory = new Memory();
  withKey(keyOf(algorithm, { allocator: memory }), (key) => {
    const locked = Buffer.from(
      memory.blocks[0].buffer,
      memory.blocks[0].byteOffset,
      memory.blocks[0].byteLength,
    );
    const past = [];
    while (key.period + 1 < algorithm.totalPeriods) {
      past.push(Buffer.from(serialised(key).subarray(0, 32)));
      key.update();
      check(!past.some((leaf) => locked.includes(leaf)), `no past leaf at period ${key.period}`);
    }
    check(locked.includes(serialised(key).subarray(0, 32)), 'the search looks in the right place');
  });
  check(memory.wiped, 'the last leaf is wiped by the release');
}

function updateTo(algorithm, check) {
  withKey(keyOf(algorithm), (stepped) => {
    for (let period = 0; period < algorithm.totalPeriods; period += 1) {
      if (period > 0) stepped.update();
      withKey(keyOf(algorithm), (jumped) => {
        jumped.updateTo(period);
        check(same(serialised(jumped), serialised(stepped)), `a jump to period ${period}`);
        const back = codeOf(() => jumped.updateTo(period - 1));
        check(back === 'ERR_EVOLOCK_KES_PERIOD', `period ${period} does not go back`);
      });
    }
    const past = codeOf(() => stepped.updateTo(algorithm.totalPeriods));
    check(past === 'ERR_EVOLOCK_KES_PERIOD', 'a key at its last period refuses an update');
  });
}

/** The same algorithm over a leaf scheme that fails while `failing` is set. */
export function overFailingLeaf({ variant, depth }, state) {
  const { ed25519 } = evolock;
  const dsign = {
    name: ed25519.name,
    seedSize: ed25519.seedSize,
    verificationKeySize: ed25519.verificationKeySize,
    signatureSize: ed25519.signatureSize,
    signingKeySize: ed25519.signingKeySize,
    generateKey: ed25519.generateKey.bind(ed25519),
    leaf: {
      size: ed25519.leaf.size,
      generate(...given) {
        if (state.failing) throw new Error('the leaf failed');
        ed25519.leaf.generate(...given);
      },
      load: ed25519.leaf.load.bind(ed25519.leaf),
      sign: ed25519.leaf.sign.bind(ed25519.leaf),
      verify: ed25519.leaf.verify.bind(ed25519.leaf),
    },
  };
  const build = variant === 'sum' ? evolock.sumKesOfDepth : evolock.compactSumKesOfDepth;
  return build(dsign, depth);
}

function failedUpdate(algorithm, check) {
  const state = { failing: false };
  withKey(keyOf(overFailingLeaf(algorithm, state)), (key) => {
    for (;;) {
      const before = serialised(key);
      const signature = key.sign(message);
      state.failing = true;
      const failure = codeOf(() => key.update());
      state.failing = false;
      const atTheEnd = key.period + 1 === algorithm.totalPeriods;
      const expected = atTheEnd ? 'ERR_EVOLOCK_KES_LAST_PERIOD' : 'the leaf failed';
      check(failure === expected, `an update that fails says so at period ${key.period}`);
      check(same(serialised(key), before), `it leaves the key whole at period ${key.period}`);
      check(same(key.sign(message), signature), `which signs as before at period ${key.period}`);
      if (atTheEnd) return;
      key.update();
    }
  });
}

function useAfterRelease(algorithm, check, { keyOf } = fresh) {
  const key = keyOf(algorithm);
  key.release();
  const uses = {
    sign: () => key.sign(message),
    update: () => key.update(),
    updateTo: () => key.updateTo(0),
    period: () => key.period,
    clone: () => key.clone(),
    deriveVerificationKey: () => key.deriveVerificationKey(),
    directSerialise: () => key.directSerialise(() => {}),
    rustSigningKey: () => evolock.rustSigningKey(key),
    unsoundRawSigningKey: () => unsound.unsoundRawSigningKey(key),
  };
  for (const [name, use] of Object.entries(uses))
    check(codeOf(use) === 'ERR_EVOLOCK_RELEASED', `${name} of a released key`);
  check(key.released, 'a released key has `released`');
  check(codeOf(() => key.release()) === undefined, 'it may be released again');
}

function serialiseSigningKey(algorithm, check, { keyOf, some } = fresh) {
  for (const period of some(algorithm)) {
    withKey(keyOf(algorithm), (key) => {
      key.updateTo(period);
      const bytes = serialised(key);
      withKey(directDeserialiseBufChecked(bytes, algorithm), (read) => {
        check(read.period === period, `stands at period ${period}`);
        check(same(serialised(read), bytes), `comes back at period ${period}`);
        check(same(read.sign(message), key.sign(message)), `signs the same at period ${period}`);
      });
    });
  }
}

function sizeChecks(algorithm, check, { keyOf } = fresh) {
  withKey(keyOf(algorithm), (key) => {
    const size = algorithm.signingKeySize;
    const whole = serialised(key);
    const refuses = (run, what) => check(codeOf(run) === 'ERR_EVOLOCK_SIZE_CHECK', what);
    refuses(() => directSerialiseBuf(new Uint8Array(size - 1), key), 'no room for the last block');
    refuses(() => directSerialiseBufChecked(new Uint8Array(size + 1), key), 'too much room');
    for (let length = 0; length < size; length += 32) {
      const memory = new Memory();
      const part = whole.subarray(0, length);
      refuses(
        () => directDeserialiseBufChecked(part, algorithm, { allocator: memory }),
        `a key cut off after ${length} bytes`,
      );
      check(memory.live === 0 && memory.wiped, `which leaves nothing of ${length} bytes`);
    }
    const memory = new Memory();
    const longer = Uint8Array.of(...whole, 0);
    refuses(
      () => directDeserialiseBufChecked(longer, algorithm, { allocator: memory }),
      'a key and a byte',
    );
    check(memory.live === 0 && memory.wiped, 'of which nothing is left');
  });
}

function expectedKey(algorithm, check, { keyOf } = fresh) {
  withKey(keyOf(algorithm), (key) => {
    key.updateTo(algorithm.totalPeriods - 1);
    const verificationKey = key.deriveVerificationKey();
    const read = (options) => directDeserialiseBufChecked(serialised(key), algorithm, options);
    withKey(read({ verificationKey }), () => check(true, 'is read with its own'));
    verificationKey[0] ^= 1;
    const wrong = codeOf(() => read({ verificationKey }));
    check(wrong === 'ERR_EVOLOCK_KES_OTHER_KEY', 'is refused with another');
  });
}

function rawForm(algorithm, check, { keyOf, some } = fresh) {
  for (const period of some(algorithm)) {
    withKey(keyOf(algorithm), (key) => {
      key.updateTo(period);
      const raw = unsound.unsoundRawSigningKey(key);
      check(same(raw, serialised(key)), `raw is the layout at period ${period}`);
      withKey(unsound.unsoundFromRaw(algorithm, raw), (copy) =>
        check(same(serialised(copy), raw), `comes back at period ${period}`),
      );
    });
  }
}

/** Columns of the matrix: name, and what is checked of one algorithm. */
export const properties = [
  ['freed', allocationsFreed],
  ['forgotten', forgetting],
  ['updateTo', updateTo],
  ['failed update', failedUpdate],
  ['released', useAfterRelease],
  ['DS sk', serialiseSigningKey],
  ['size checks', sizeChecks],
  ['expected vk', expectedKey],
  ['raw', rawForm],
];

/** The properties that deep trees are checked for as well, with keys that are made once: `matrix-deep-properties.mjs`. */
export const ofAnyDepth = [
  ['released', useAfterRelease],
  ['DS sk', serialiseSigningKey],
  ['size checks', sizeChecks],
  ['expected vk', expectedKey],
  ['raw', rawForm],
];

/** The number of checks of a property of an algorithm; throws at the first that fails. */
export function countChecks(property, algorithm, keys) {
  let count = 0;
  const check = (holds, what) => {
    if (!holds) throw new Error(`${algorithm.name}: ${what}`);
    count += 1;
  };
  property(algorithm, check, keys);
  return count;
}
