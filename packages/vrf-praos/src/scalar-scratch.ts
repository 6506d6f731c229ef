/**
 * The scratch memory in which a secret scalar is used, one for each thread.
 *
 * A proof and a signature are computed in the same way: a nonce k is hashed and announced, a challenge c is hashed from the
 * announcement, which is public, and the response is k + c·x modulo the order. All secrets are in this memory. Only
 * functions of libsodium compute with them: the products c·x are sums of x, guided by the bits of c.
 *
 * It is reserved with the first key of a thread: no proof needs new locked memory.
 */
import {
  Scratch,
  sodium,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE } from './curve.js';

const { curve } = sodium;

/** Bytes. A multiple of 64, so that the state of a hash is aligned. */
const SCRATCH_SIZE = 768;

/** Bytes of the state of SHA-512 in libsodium. */
const STATE_SIZE = 208;

/**
 * Bytes of the stack that are overwritten: 7 KiB of a multiplication, which leaves the digits of its scalar there, 4 KiB of a
 * signal frame, and a reserve.
 */
const STACK = 16_384;

/**
 * Overwrites the registers: the same functions over zeros. It is first in a list, since lists of calls are in reverse
 * order.
 */
const SETTLE = settling();

function settling(): NativeCall[] {
  const scalar = new Uint8Array(POINT_SIZE);
  const wide = new Uint8Array(2 * POINT_SIZE);
  return [
    curve.crypto_hash_sha512.bind(undefined, new Uint8Array(64), wide),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, scalar, wide),
    curve.crypto_core_ed25519_scalar_add.bind(undefined, scalar, scalar, scalar),
  ];
}

/** The scratch memory of a thread. Its methods are called within {@link inScratch}. */
export class ScalarScratch {
  readonly #scratch = new Scratch({
    size: SCRATCH_SIZE,
    copies: [zeroCopyCall(2 * POINT_SIZE)],
    settle: SETTLE,
    stack: STACK,
  });
  /** The state of a hash. */
  readonly state = this.#scratch.part(STATE_SIZE);
  /** A copy of the 64 bytes of a key. */
  readonly key = this.#scratch.part(2 * POINT_SIZE);
  /** SHA-512 of a seed, with room for a point after it. */
  readonly #hashed = this.#scratch.part(3 * POINT_SIZE);
  readonly seedHash = this.#hashed.subarray(0, 2 * POINT_SIZE);
  /** The second half of the hash and the point after it, which are hashed to a nonce. */
  readonly nonceInput = this.#hashed.subarray(POINT_SIZE);
  /** The first half of them: what comes before a message in the hash of a nonce. */
  readonly prefix = this.#hashed.subarray(POINT_SIZE, 2 * POINT_SIZE);
  readonly point = this.#hashed.subarray(2 * POINT_SIZE);
  /** A scalar of 64 bytes, before it is reduced. */
  readonly wide = this.#scratch.part(2 * POINT_SIZE);
  /** The secret scalar x. */
  readonly scalar = this.#scratch.part(POINT_SIZE);
  /** The nonce k. */
  readonly nonce = this.#scratch.part(POINT_SIZE);
  /** The running sum. */
  readonly #sum = this.#scratch.part(POINT_SIZE);
  readonly #addToSum = curve.crypto_core_ed25519_scalar_add.bind(undefined, this.#sum, this.#sum);

  /** Runs an operation, whose memory is wiped when it ends. */
  use<Result>(work: () => Result): Result {
    return this.#scratch.use(work);
  }

  /** Makes native calls, which are given in order, then overwrites the registers. */
  run(calls: readonly NativeCall[]): void {
    this.#scratch.run(this.#scratch.prepare(calls));
  }

  /**
   * Derives the verification key, 32 bytes, of a locked seed of 32 bytes. Key generation leaves no trace outside of the
   * memory.
   */
  deriveVerificationKey(verificationKey: Uint8Array, seed: Uint8Array): void {
    sodium.crypto_sign_seed_keypair(verificationKey, this.key, seed);
  }

  /**
   * The response k + c·x modulo the order: 32 bytes, public. The size of the challenge c, little endian and public, decides
   * the number of steps.
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
}

let ofThread: ScalarScratch | undefined;

/** Reserves the scratch memory of this thread, so that a proof later needs no new locked memory. */
export function reserveScratch(): ScalarScratch {
  return (ofThread ??= new ScalarScratch());
}

/** Runs work in the scratch memory of this thread. */
export function inScratch<Result>(work: (scratch: ScalarScratch) => Result): Result {
  const scratch = reserveScratch();
  return scratch.use(() => work(scratch));
}

/** The first call of a native function leaves its arguments on the C stack. So it is made with bytes that are not secret. */
function warmUp(): void {
  const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(1);
  const scalar = bytes(POINT_SIZE);
  const point = bytes(POINT_SIZE);
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
