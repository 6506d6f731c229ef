import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { checkedObject, checkedText, requireMethods } from '../arguments.js';
import { StdioError } from '../errors.js';
import type {
  AsyncImplementation,
  AsyncKesImplementation,
  AsyncKesKeyHandle,
  Awaitable,
} from '../implementation/async-implementation.js';
import { checkImplementation } from '../implementation/inspect.js';
import { KES_ALGORITHMS, type KesAlgorithmKind } from '../vectors/algorithm.js';
import { bytesToHex, hexToBytes } from '../vectors/bytes.js';
import {
  onLines,
  PROTOCOL_VERSION,
  type StdioAnswer,
  type StdioKesOffer,
  type StdioOperation,
  type StdioQuestion,
} from './protocol.js';

/** Options of `serveImplementation`. */
export interface ServeOptions {
  /** The name of the implementation. */
  readonly name: string;
  /** The source of requests; absent, the standard input. */
  readonly input?: Readable | undefined;
  /** The destination of responses; absent, the standard output. */
  readonly output?: Writable | undefined;
}

type Handlers = {
  readonly [Operation in StdioOperation]: (
    question: StdioQuestion<Operation>,
  ) => Awaitable<StdioAnswer<Operation>>;
};

interface About {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
}

function offered<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new RangeError(`${name} is not offered`);
  return part;
}

/** The keys of the runner, by number. */
class HeldKeys {
  readonly #keys = new Map<number, AsyncKesKeyHandle>();
  #count = 0;

  hold(handle: AsyncKesKeyHandle): StdioAnswer<'kes.generate'> {
    this.#count += 1;
    this.#keys.set(this.#count, handle);
    return { key: this.#count, period: handle.period };
  }

  get(key: number): AsyncKesKeyHandle {
    return offered(this.#keys.get(key), `key ${key}`);
  }

  async release(key: number): Promise<void> {
    const handle = this.get(key);
    this.#keys.delete(key);
    await handle.release();
  }

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
      seed: implementation.seed !== undefined,
      dsign: implementation.dsign !== undefined,
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

interface Request extends Readonly<Record<string, unknown>> {
  readonly id: number;
  readonly op: StdioOperation;
}

function requestIn(line: string): Request {
  try {
    return JSON.parse(line) as Request;
  } catch (cause) {
    throw new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', 'a line of the input is not JSON', {
      cause,
    });
  }
}

/** Resolves at the end of the input, also when it has ended before. */
async function endOf(input: Readable): Promise<void> {
  try {
    await finished(input, { writable: false });
  } catch (cause) {
    throw new StdioError('ERR_EVOLOCK_STDIO_ENDED', 'the input broke off', { cause });
  }
}

function refusal(error: unknown, level: number | undefined): object {
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, error: message, ...(level === undefined ? {} : { level }) };
}

/**
 * Serves an implementation to a runner in another process, through the protocol of this package. A JavaScript
 * implementation needs no more to be tested from another process. It returns when the input ends, and releases all
 * keys.
 *
 * @param implementation - What to serve.
 * @param options - The name, and other streams than the standard ones.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 * @throws StdioError with code `ERR_EVOLOCK_STDIO_ENDED` when the input fails, `ERR_EVOLOCK_STDIO_PROTOCOL` when a
 * line of it is not JSON.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { PassThrough } from 'node:stream';
 * import { serveImplementation } from '@evolock/test-vectors';
 *
 * const [input, output] = [new PassThrough(), new PassThrough()];
 * input.end('{"id":1,"op":"hello","protocol":1}\n');
 * await serveImplementation({}, { name: 'nothing', input, output });
 * assert.deepEqual(JSON.parse(String(output.read())), {
 *   id: 1,
 *   ok: true,
 *   protocol: 1,
 *   name: 'nothing',
 *   seed: false,
 *   dsign: false,
 *   kes: [],
 * });
 * ```
 */
export async function serveImplementation(
  implementation: AsyncImplementation,
  options: ServeOptions,
): Promise<void> {
  checkImplementation(implementation);
  const given = checkedObject('options', options);
  const { name, input = process.stdin, output = process.stdout } = given;
  checkedText('name', name);
  requireMethods('input', input, ['on', 'pipe', 'setEncoding']);
  requireMethods('output', output, ['write']);
  const keys = new HeldKeys();
  const find = ({ algorithm, depth }: About) => implementation.kes?.(algorithm, depth);
  const kes = (about: About) => offered(find(about), `${about.algorithm} depth ${about.depth}`);
  const handlers = {
    ...partHandlers(implementation, name),
    ...kesHandlers(kes, keys),
    ...cborHandlers(kes),
  } satisfies Handlers as Readonly<Record<string, (question: never) => Awaitable<object>>>;

  async function respond({ id, op, ...question }: Request): Promise<object> {
    try {
      const handler = offered(Object.hasOwn(handlers, op) ? handlers[op] : undefined, op);
      // The cast: the fields come from another process, so no type of them is known. They are not checked here: a handler
      // that cannot use them throws, and the response is an error.
      return { id, ok: true, ...(await handler(question as never)) };
    } catch (error) {
      const about = question as Partial<About>;
      const checked =
        about.algorithm !== undefined && about.depth !== undefined
          ? find(about as About)?.checkedRead
          : undefined;
      return { id, ...refusal(error, checked?.levelOf?.(error)) };
    }
  }

  let last = Promise.resolve();
  onLines(input, (line) => {
    // Responses are written in the order of the requests.
    last = last.then(async () => {
      const response = await respond(requestIn(line));
      output.write(`${JSON.stringify(response)}\n`);
    });
    // The rejection is reported when the input has ended. Until then it must not count as unhandled.
    last.catch(() => undefined);
  });
  try {
    await endOf(input);
    await last;
  } finally {
    await keys.releaseAll();
  }
}

/** The greatest depth of the vectors. */
const DEEPEST = 7;

function checkedRead({ checkedRead }: AsyncKesImplementation): StdioKesOffer['checkedRead'] {
  if (checkedRead === undefined) return 'no';
  return checkedRead.levelOf === undefined ? 'yes' : 'level';
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

/**
 * What an implementation offers, at the depths that the vectors have.
 *
 * @internal
 */
export function kesOffers(implementation: AsyncImplementation): StdioKesOffer[] {
  return KES_ALGORITHMS.flatMap((algorithm) =>
    Array.from({ length: DEEPEST + 1 }, (_, depth) => depth).flatMap((depth) => {
      const kes = implementation.kes?.(algorithm, depth);
      return kes === undefined ? [] : [offerOf(algorithm, depth, kes)];
    }),
  );
}
