/**
 * The locked memory in which a secret scalar is used: the bench of a thread.
 *
 * A proof and a signature are computed in the same way: a nonce k is hashed and announced, a challenge c is hashed from the
 * announcement, which is public, and the response is k + c·x modulo the order. All that is secret stands here. Only
 * functions of libsodium compute with it: the products c·x are sums of x, guided by the bits of c.
 *
 * - {@link ScalarBench.run} makes native calls without JavaScript between them, and as the last ones calls over zeros, which
 *   overwrite the registers: see `uninterrupted.ts` of mlocked-bytes.
 * - {@link ScalarBench.wipe}, at the end of a run, zeroes the bench and overwrites the stack, where a multiplication leaves
 *   the digits of its scalar.
 *
 * The bench is reserved with the first key of a thread: no proof needs new locked memory.
 */
import { allocateSlot, mappingAllocator } from '@evolock/mlocked-seed';
import {
  beginRun,
  endRun,
  overwriteStack,
  sodium,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
  type Scratch,
} from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE } from './curve.js';

const { curve } = sodium;

/** Bytes of the locked bench of a thread. A multiple of 64, so that the state of a hash is aligned. */
const BENCH_SIZE = 768;

/** Bytes of the state of SHA-512 in libsodium. */
const STATE_SIZE = 208;

/**
 * Words of the stack that are overwritten, 16 KiB: 7 KiB of a multiplication, 4 KiB of a signal frame, and a reserve. So much
 * has to be free before the first secret is used: see `ROOM` of `scratch-run.ts` in mlocked-bytes.
 */
const zeros: readonly number[] = new Array<number>(2_048).fill(0);

/**
 * Overwrites the registers: the same functions over zeros. It is first in a list, since lists of calls are in reverse order.
 */
const SETTLE: readonly NativeCall[] = settling();

function settling(): NativeCall[] {
  const scalar = new Uint8Array(POINT_SIZE);
  const wide = new Uint8Array(2 * POINT_SIZE);
  return [
    zeroCopyCall(2 * POINT_SIZE),
    curve.crypto_hash_sha512.bind(undefined, new Uint8Array(64), wide),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, scalar, wide),
    curve.crypto_core_ed25519_scalar_add.bind(undefined, scalar, scalar, scalar),
  ];
}

/** Cuts memory into pieces, from its beginning. */
function taking(memory: Uint8Array): (size: number) => Uint8Array {
  let offset = 0;
  return (size) => memory.subarray(offset, (offset += size));
}

/**
 * The bench of a thread. Its methods are called within {@link onBench}.
 *
 * @internal
 */
export class ScalarBench implements Scratch {
  // A slot and no locked value: `releaseAll` wipes the bench, which stays in use.
  readonly #slot = allocateSlot(BENCH_SIZE, { allocator: mappingAllocator });
  readonly #memory = this.#slot.unsoundBytes;
  readonly #take = taking(this.#memory);
  /** The state of a hash. */
  readonly state = this.#take(STATE_SIZE);
  /** A copy of the 64 bytes of a key. */
  readonly key = this.#take(2 * POINT_SIZE);
  /** SHA-512 of a seed, with room for a point after it. */
  readonly #hashed = this.#take(3 * POINT_SIZE);
  readonly seedHash = this.#hashed.subarray(0, 2 * POINT_SIZE);
  /** The second half of the hash and the point after it, which are hashed to a nonce. */
  readonly nonceInput = this.#hashed.subarray(POINT_SIZE);
  /** The first half of them: what comes before a message in the hash of a nonce. */
  readonly prefix = this.#hashed.subarray(POINT_SIZE, 2 * POINT_SIZE);
  readonly point = this.#hashed.subarray(2 * POINT_SIZE);
  /** A scalar of 64 bytes, before it is reduced. */
  readonly wide = this.#take(2 * POINT_SIZE);
  /** The secret scalar x. */
  readonly scalar = this.#take(POINT_SIZE);
  /** The nonce k. */
  readonly nonce = this.#take(POINT_SIZE);
  /** The running sum. */
  readonly #sum = this.#take(POINT_SIZE);
  readonly #addToSum = curve.crypto_core_ed25519_scalar_add.bind(undefined, this.#sum, this.#sum);
  #clean = true;
  #settled = true;

  /**
   * Makes native calls on the bench, then overwrites the registers.
   *
   * @param calls - In order.
   */
  run(calls: readonly NativeCall[]): void {
    this.#clean = false;
    this.#settled = false;
    uninterrupted([...SETTLE, ...[...calls].reverse()]);
    this.#settled = true;
  }

  /**
   * The verification key of a seed. Key generation leaves no trace outside of the bench.
   *
   * @param seed - 32 bytes, locked.
   */
  verificationKeyOf(seed: Uint8Array): Uint8Array {
    this.#clean = false;
    const verificationKey = new Uint8Array(POINT_SIZE);
    sodium.crypto_sign_seed_keypair(verificationKey, this.key, seed);
    return verificationKey;
  }

  /**
   * The response k + c·x modulo the order.
   *
   * @param challenge - c, little endian, public. Its size decides the number of steps.
   * @returns 32 bytes, public.
   */
  respond(challenge: Uint8Array): Uint8Array {
    const response = new Uint8Array(POINT_SIZE);
    this.run([
      this.#multiplication(challenge),
      curve.crypto_core_ed25519_scalar_add.bind(undefined, response, this.#sum, this.nonce),
    ]);
    return response;
  }

  /** One call that adds what stands in a list, from its end, to the sum: the sum itself, which doubles it, or x. */
  #multiplication(challenge: Uint8Array): NativeCall {
    const terms: Uint8Array[] = [];
    for (const byte of challenge) {
      for (let bit = 0; bit < 8; bit += 1) {
        if (((byte >> bit) & 1) === 1) terms.push(this.scalar);
        terms.push(this.#sum);
      }
    }
    // It returns the element for which a call has a status other than 0: none.
    return terms.findLast.bind(terms, this.#addToSum as () => unknown);
  }

  /** Marked clean at the end: when a call ends without its `finally`, the next call wipes again. */
  wipe(): void {
    if (this.#clean) return;
    this.#memory.fill(0);
    if (!this.#settled) uninterrupted(SETTLE);
    this.#settled = true;
    overwriteStack(zeros);
    this.#clean = true;
  }
}

let bench: ScalarBench | undefined;

/**
 * Reserves the bench of this thread, so that a proof later needs no new locked memory.
 *
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @internal
 */
export function reserveBench(): ScalarBench {
  return (bench ??= new ScalarBench());
}

/**
 * Runs work on the bench, which is wiped when the work ends, or by the next operation if the work was abandoned. Throws
 * `RangeError` before it begins when little of the stack is left.
 *
 * @internal
 */
export function onBench<Result>(work: (bench: ScalarBench) => Result): Result {
  const reserved = reserveBench();
  overwriteStack(zeros);
  const run = beginRun(reserved);
  let completed = false;
  try {
    const result = work(reserved);
    completed = true;
    return result;
  } finally {
    endRun(run, completed);
  }
}

/** The first call of a native function leaves its arguments on the C stack. So it is made with bytes that are not secret. */
function warmUp(): void {
  const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(1);
  const [scalar, point] = [bytes(POINT_SIZE), bytes(POINT_SIZE)];
  const state = bytes(STATE_SIZE);
  curve.crypto_sign_ed25519_sk_to_curve25519(scalar, bytes(2 * POINT_SIZE));
  curve.crypto_scalarmult_ed25519_base_noclamp(point, scalar);
  curve.crypto_scalarmult_ed25519_noclamp(bytes(POINT_SIZE), scalar, point);
  curve.crypto_hash_sha512_init(state);
  curve.crypto_hash_sha512_update(state, bytes(POINT_SIZE));
  curve.crypto_hash_sha512_final(state, bytes(2 * POINT_SIZE));
  sodium.crypto_sign_seed_keypair(point, bytes(2 * POINT_SIZE), bytes(POINT_SIZE));
  uninterrupted(SETTLE);
}

warmUp();
