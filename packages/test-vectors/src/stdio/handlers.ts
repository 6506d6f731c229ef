import type {
  AsyncImplementation,
  AsyncKesImplementation,
  AsyncKesKeyHandle,
  Awaitable,
} from '../implementation/async-implementation.js';
import { namesLevels } from '../implementation/inspect.js';
import { KES_ALGORITHMS, type KesAlgorithmKind } from '../vectors/algorithm.js';
import { bytesToHex, hexToBytes } from '../vectors/bytes.js';
import { VRF_ALGORITHMS, type VrfAlgorithmName } from '../vectors/vrf.js';
import {
  PROTOCOL_VERSION,
  type StdioKesOffer,
  type StdioOperation,
  type StdioRequest,
  type StdioResponse,
} from './protocol.js';

/** The function for each operation. */
type Handlers = {
  readonly [Operation in StdioOperation]: (
    fields: StdioRequest<Operation>,
  ) => Awaitable<StdioResponse<Operation>>;
};

/** The algorithm of a request. */
export interface About {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
}

/**
 * Returns a part that an implementation has.
 *
 * @internal
 */
export function offered<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new RangeError(`${name} is not offered`);
  return part;
}

/**
 * The keys of the runner, by number.
 *
 * @internal
 */
export class HeldKeys {
  readonly #keys = new Map<number, AsyncKesKeyHandle>();
  #count = 0;

  /** Holds a key and returns its number. */
  hold(handle: AsyncKesKeyHandle): StdioResponse<'kes.generate'> {
    this.#count += 1;
    this.#keys.set(this.#count, handle);
    return { key: this.#count, period: handle.period };
  }

  /** The key of a number. */
  get(key: number): AsyncKesKeyHandle {
    return offered(this.#keys.get(key), `key ${key}`);
  }

  /** Releases a key and forgets its number. */
  async release(key: number): Promise<void> {
    const handle = this.get(key);
    this.#keys.delete(key);
    await handle.release();
  }

  /** Releases all keys. */
  async releaseAll(): Promise<void> {
    for (const key of [...this.#keys.keys()]) await this.release(key);
  }
}

function partHandlers(implementation: AsyncImplementation, name: string) {
  const seed = () => offered(implementation.seed, 'seed expansion');
  const dsign = () => offered(implementation.dsign, 'ed25519');
  return {
    hello: () => ({
      protocol: PROTOCOL_VERSION,
      name,
      verifiesOnly: implementation.verifiesOnly === true,
      seed: implementation.seed !== undefined,
      dsign: implementation.dsign !== undefined,
      extended: implementation.extended !== undefined,
      vrf: VRF_ALGORITHMS.filter((algorithm) => implementation.vrf?.(algorithm) !== undefined),
      kes: kesOffers(implementation),
    }),
    async 'seed.expand'({ seedHex }) {
      const { left, right } = await seed().expand(hexToBytes(seedHex));
      return { leftHex: bytesToHex(left), rightHex: bytesToHex(right) };
    },
    'dsign.deriveVerificationKey': async ({ seedHex }) => ({
      verificationKeyHex: bytesToHex(await dsign().deriveVerificationKey(hexToBytes(seedHex))),
    }),
    'dsign.sign': async ({ seedHex, messageHex }) => ({
      signatureHex: bytesToHex(await dsign().sign(hexToBytes(seedHex), hexToBytes(messageHex))),
    }),
    'dsign.verify': async ({ verificationKeyHex, messageHex, signatureHex }) => ({
      valid: await dsign().verify(
        hexToBytes(verificationKeyHex),
        hexToBytes(messageHex),
        hexToBytes(signatureHex),
      ),
    }),
  } satisfies Partial<Handlers>;
}

function extendedHandlers(implementation: AsyncImplementation) {
  const extended = () => offered(implementation.extended, 'extended Ed25519 keys');
  return {
    'extended.deriveVerificationKey': async ({ extendedKeyHex }) => ({
      verificationKeyHex: bytesToHex(
        await extended().deriveVerificationKey(hexToBytes(extendedKeyHex)),
      ),
    }),
    'extended.sign': async ({ extendedKeyHex, messageHex }) => ({
      signatureHex: bytesToHex(
        await extended().sign(hexToBytes(extendedKeyHex), hexToBytes(messageHex)),
      ),
    }),
  } satisfies Partial<Handlers>;
}

function vrfHandlers(implementation: AsyncImplementation) {
  const vrf = (algorithm: VrfAlgorithmName) => offered(implementation.vrf?.(algorithm), algorithm);
  const answer = (output: Uint8Array | undefined) => ({
    outputHex: output === undefined ? null : bytesToHex(output),
  });
  return {
    'vrf.deriveVerificationKey': async ({ algorithm, seedHex }) => ({
      verificationKeyHex: bytesToHex(
        await vrf(algorithm).deriveVerificationKey(hexToBytes(seedHex)),
      ),
    }),
    'vrf.prove': async ({ algorithm, seedHex, alphaHex }) => ({
      proofHex: bytesToHex(await vrf(algorithm).prove(hexToBytes(seedHex), hexToBytes(alphaHex))),
    }),
    'vrf.verify': async ({ algorithm, verificationKeyHex, alphaHex, proofHex }) =>
      answer(
        await vrf(algorithm).verify(
          hexToBytes(verificationKeyHex),
          hexToBytes(alphaHex),
          hexToBytes(proofHex),
        ),
      ),
    'vrf.outputOf': async ({ algorithm, proofHex }) =>
      answer(await vrf(algorithm).outputOf(hexToBytes(proofHex))),
  } satisfies Partial<Handlers>;
}

function kesHandlers(kes: (about: About) => AsyncKesImplementation, keys: HeldKeys) {
  const inForm = (about: About, form: 'rust' | undefined) => {
    const found = kes(about);
    return form === undefined ? found : offered(found.rust, 'the Rust form');
  };
  return {
    'kes.generate': async ({ form, seedHex, ...about }) =>
      keys.hold(await inForm(about, form).generateKey(hexToBytes(seedHex))),
    'kes.read': async ({ form, serialisedHex, period, ...about }) =>
      keys.hold(await inForm(about, form).readKey(hexToBytes(serialisedHex), period)),
    'kes.deriveVerificationKey': async ({ key }) => ({
      verificationKeyHex: bytesToHex(await keys.get(key).deriveVerificationKey()),
    }),
    'kes.sign': async ({ key, messageHex }) => ({
      signatureHex: bytesToHex(await keys.get(key).sign(hexToBytes(messageHex))),
    }),
    async 'kes.update'({ key }) {
      const handle = keys.get(key);
      await handle.update();
      return { period: handle.period };
    },
    'kes.serialise': async ({ key }) => ({
      serialisedHex: bytesToHex(await keys.get(key).serialise()),
    }),
    'kes.blockSizes': async ({ key }) => ({ sizes: await keys.get(key).blockSizes() }),
    async 'kes.release'({ key }) {
      await keys.release(key);
      return {};
    },
    'kes.verify': async ({ verificationKeyHex, period, messageHex, signatureHex, ...about }) => ({
      valid: await kes(about).verify(
        hexToBytes(verificationKeyHex),
        period,
        hexToBytes(messageHex),
        hexToBytes(signatureHex),
      ),
    }),
  } satisfies Partial<Handlers>;
}

function cborHandlers(kes: (about: About) => AsyncKesImplementation) {
  const cbor = (about: About) => offered(kes(about).cbor, 'CBOR');
  return {
    'cbor.encodeVerificationKey': async ({ verificationKeyHex, ...about }) => ({
      encodedHex: bytesToHex(
        await cbor(about).encodeVerificationKey(hexToBytes(verificationKeyHex)),
      ),
    }),
    'cbor.decodeVerificationKey': async ({ encodedHex, ...about }) => ({
      verificationKeyHex: bytesToHex(
        await cbor(about).decodeVerificationKey(hexToBytes(encodedHex)),
      ),
    }),
    'cbor.encodeSignature': async ({ signatureHex, ...about }) => ({
      encodedHex: bytesToHex(await cbor(about).encodeSignature(hexToBytes(signatureHex))),
    }),
    'cbor.decodeSignature': async ({ encodedHex, ...about }) => ({
      signatureHex: bytesToHex(await cbor(about).decodeSignature(hexToBytes(encodedHex))),
    }),
  } satisfies Partial<Handlers>;
}

/** The greatest depth of the vectors. */
const DEEPEST = 7;

function checkedRead({ checkedRead }: AsyncKesImplementation): StdioKesOffer['checkedRead'] {
  if (checkedRead === undefined) return 'no';
  return namesLevels(checkedRead) ? 'level' : 'yes';
}

function offerOf(
  algorithm: KesAlgorithmKind,
  depth: number,
  kes: AsyncKesImplementation,
): StdioKesOffer {
  return {
    algorithm,
    depth,
    name: kes.name,
    totalPeriods: kes.totalPeriods,
    signatureSize: kes.signatureSize,
    signingKeySize: kes.signingKeySize,
    verificationKeySize: kes.verificationKeySize,
    cbor: kes.cbor !== undefined,
    rust: kes.rust !== undefined,
    checkedRead: checkedRead(kes),
  };
}

/** What an implementation offers, at the depths of the vectors. */
function kesOffers(implementation: AsyncImplementation): StdioKesOffer[] {
  return KES_ALGORITHMS.flatMap((algorithm) =>
    Array.from({ length: DEEPEST + 1 }, (_, depth) => depth).flatMap((depth) => {
      const kes = implementation.kes?.(algorithm, depth);
      return kes === undefined ? [] : [offerOf(algorithm, depth, kes)];
    }),
  );
}

/**
 * The functions of a server for an implementation. Keys are held until they are released.
 *
 * @internal
 */
export function handlersOf(
  implementation: AsyncImplementation,
  name: string,
  keys: HeldKeys,
): Handlers {
  const kes = ({ algorithm, depth }: About) =>
    offered(implementation.kes?.(algorithm, depth), `${algorithm} depth ${depth}`);
  return {
    ...partHandlers(implementation, name),
    ...extendedHandlers(implementation),
    ...vrfHandlers(implementation),
    ...kesHandlers(kes, keys),
    ...cborHandlers(kes),
  };
}
