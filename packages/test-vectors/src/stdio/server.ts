/** An implementation of this process for a runner in another, through the protocol. */
import type { Readable, Writable } from 'node:stream';
import {
  KES_ALGORITHMS,
  type KesAlgorithmKind,
  VRF_ALGORITHMS,
  type VrfAlgorithmName,
} from '../algorithms.js';
import { finished } from 'node:stream/promises';
import { bytesToHex, hexToBytes } from '../bytes.js';
import { ArgumentError, StdioError } from '../errors.js';
import {
  checkImplementation,
  checkObject,
  type Implementation,
  type KesImplementation,
  type KesKeyHandle,
} from '../implementation.js';
import {
  type Fields,
  type Gives,
  onLines,
  OPERATIONS,
  type Operation,
  PROTOCOL_VERSION,
  type StdioHello,
  type StdioKesOffer,
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

/** The greatest depth of the vectors. */
const DEEPEST = 7;

function offered<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new RangeError(`${name} is not offered`);
  return part;
}

function offerOf(
  algorithm: KesAlgorithmKind,
  depth: number,
  kes: KesImplementation,
): StdioKesOffer {
  const { name, totalPeriods, signatureSize, signingKeySize, verificationKeySize } = kes;
  const { rust, checkedRead } = kes;
  const sizes = { totalPeriods, signatureSize, signingKeySize, verificationKeySize };
  const checks = checkedRead?.levelOf === undefined ? 'yes' : 'level';
  return {
    algorithm,
    depth,
    name,
    ...sizes,
    rust: rust !== undefined,
    checkedRead: checkedRead === undefined ? 'no' : checks,
  };
}

function helloOf(implementation: Implementation, name: string): StdioHello {
  const { verifiesOnly = false, seed, dsign, extended } = implementation;
  const depths = Array.from({ length: DEEPEST + 1 }, (_, depth) => depth);
  return {
    protocol: PROTOCOL_VERSION,
    name,
    verifiesOnly,
    seed: seed !== undefined,
    dsign: dsign !== undefined,
    extended: extended !== undefined,
    vrf: VRF_ALGORITHMS.filter((algorithm) => implementation.vrf?.(algorithm) !== undefined),
    kes: KES_ALGORITHMS.flatMap((algorithm) =>
      depths.flatMap((depth) => {
        const kes = implementation.kes?.(algorithm, depth);
        return kes === undefined ? [] : [offerOf(algorithm, depth, kes)];
      }),
    ),
  };
}

/** The fields of a response, for what a method returned. */
function fieldsOf(gives: Gives, value: unknown, hold: (key: KesKeyHandle) => number): object {
  // The casts: the methods that give this return it, and a wrong value of an implementation becomes a wrong response.
  switch (gives) {
    case 'nothing':
      return {};
    case 'key': {
      const key = value as KesKeyHandle;
      return { key: hold(key), period: key.period };
    }
    case 'halves': {
      const { left, right } = value as { left: Uint8Array; right: Uint8Array };
      return { leftHex: bytesToHex(left), rightHex: bytesToHex(right) };
    }
    case 'output':
      return { outputHex: value === undefined ? null : bytesToHex(value as Uint8Array) };
    case 'valid':
    case 'sizes':
    case 'period':
      return { [gives]: value };
    default:
      return { [`${gives}Hex`]: bytesToHex(value as Uint8Array) };
  }
}

/** Carries requests out, and holds the keys of the runner by their numbers. */
class Responder {
  readonly #implementation: Implementation;
  readonly #name: string;
  readonly #keys = new Map<number, KesKeyHandle>();
  #count = 0;

  constructor(implementation: Implementation, name: string) {
    this.#implementation = implementation;
    this.#name = name;
  }

  /** The response to a request. Its fields are not checked: a method that cannot use them throws, which is a refusal. */
  async respond({ id, op, ...fields }: Fields): Promise<object> {
    try {
      if (op === 'hello') return { id, ok: true, ...helloOf(this.#implementation, this.#name) };
      const name = String(op);
      const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      return { id, ok: true, ...(await this.#carryOut(offered(operation, name), fields)) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const level = this.#levelIn(error, fields);
      return { id, ok: false, error: message, ...(level === undefined ? {} : { level }) };
    }
  }

  async releaseAll(): Promise<void> {
    for (const key of this.#keys.values()) await key.release();
    this.#keys.clear();
  }

  async #carryOut([part, method, takes, gives]: Operation, fields: Fields): Promise<object> {
    const subject = this.#subject(part, fields) as Readonly<
      Record<string, (...values: unknown[]) => unknown>
    >;
    const values = takes.map((name) =>
      name === 'period' ? fields[name] : hexToBytes(fields[`${name}Hex`]),
    );
    if (method === 'release') this.#keys.delete(Number(fields['key']));
    const value: unknown = await subject[method]?.(...values);
    const given: unknown = gives === 'period' ? subject['period'] : value;
    return fieldsOf(gives, given, (key) => {
      this.#count += 1;
      this.#keys.set(this.#count, key);
      return this.#count;
    });
  }

  /** What an operation is a method of. */
  #subject(part: Operation[0], fields: Fields): unknown {
    const { algorithm, key, form } = fields;
    switch (part) {
      case 'key':
        return offered(this.#keys.get(Number(key)), `key ${String(key)}`);
      case 'vrf':
        return offered(
          this.#implementation.vrf?.(algorithm as VrfAlgorithmName),
          String(algorithm),
        );
      case 'kes': {
        const kes = this.#kes(fields);
        return form === undefined ? kes : offered(kes.rust, 'the Rust form');
      }
      default:
        return offered(this.#implementation[part], part);
    }
  }

  #kes({ algorithm, depth }: Fields): KesImplementation {
    const name = `${String(algorithm)} depth ${String(depth)}`;
    const kes = this.#implementation.kes?.(algorithm as KesAlgorithmKind, Number(depth));
    return offered(kes, name);
  }

  /** The level that an error about a tampered key names. */
  #levelIn(error: unknown, fields: Fields): number | undefined {
    if (fields['depth'] === undefined) return undefined;
    const { algorithm, depth } = fields;
    const kes = this.#implementation.kes?.(algorithm as KesAlgorithmKind, Number(depth));
    return kes?.checkedRead?.levelOf?.(error);
  }
}

function requestIn(line: string): Fields {
  try {
    return JSON.parse(line) as Fields;
  } catch (cause) {
    const message = 'a line of the input is not JSON';
    throw new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', message, { cause });
  }
}

/** Resolves at the end of the input, also when it has ended before. */
async function endOf(input: Readable): Promise<void> {
  try {
    await finished(input, { writable: false });
  } catch (cause) {
    throw new StdioError('ERR_EVOLOCK_STDIO_ENDED', 'the input failed', { cause });
  }
}

/**
 * Serves an implementation to a runner in another process, through the protocol of this package. Resolves when the input
 * ends, and releases all keys.
 *
 * @param implementation - What to serve.
 * @param options - The name, and other streams than the standard ones.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 * @throws StdioError with code `ERR_EVOLOCK_STDIO_ENDED` when the input fails, `ERR_EVOLOCK_STDIO_PROTOCOL` when a
 * line of it is not JSON.
 */
export async function serveImplementation(
  implementation: Implementation,
  options: ServeOptions,
): Promise<void> {
  checkImplementation(implementation);
  checkObject('options', options);
  const { name, input = process.stdin, output = process.stdout } = options;
  if (typeof name !== 'string') throw new ArgumentError('name', 'text');
  const responder = new Responder(implementation, name);
  let last = Promise.resolve();
  onLines(input, (line) => {
    // Responses are written in the order of the requests.
    last = last.then(async () => {
      const response = await responder.respond(requestIn(line));
      output.write(`${JSON.stringify(response)}\n`);
    });
    // The rejection is reported when the input has ended. Until then it must not count as unhandled.
    last.catch(() => undefined);
  });
  try {
    await endOf(input);
    await last;
  } finally {
    await responder.releaseAll();
  }
}
