/** An implementation of this process answers the runner in another one, by the protocol of this package. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import {
  type Implementation,
  type KesAlgorithmKind,
  type KesImplementation,
  type KesKeyHandle,
  VRF_ALGORITHMS,
  type VrfAlgorithmName,
} from '../../src/index.js';
import { bytesToHex, decoded, hexToBytes } from '../../src/bytes.js';
import {
  type Fields,
  type Gives,
  onLines,
  type Operation,
  OPERATIONS,
  PROTOCOL_VERSION,
  type StdioHello,
  type StdioKesOffer,
} from '../../src/stdio.js';

const KES_ALGORITHMS = ['single', 'compactSingle', 'sum', 'compactSum'] as const;

/** The greatest depth of the vectors. */
const DEEPEST = 7;

function offered<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new RangeError(`${name} is not offered`);
  return part;
}

function offerOf(
  algorithm: KesAlgorithmKind,
  depth: number,
  { rust, checkedRead, ...kes }: KesImplementation,
): StdioKesOffer {
  const { name, totalPeriods, signatureSize, signingKeySize, verificationKeySize } = kes;
  const checks = checkedRead?.levelOf === undefined ? 'yes' : 'level';
  return {
    ...{ algorithm, depth, name },
    ...{ totalPeriods, signatureSize, signingKeySize, verificationKeySize },
    rust: rust !== undefined,
    checkedRead: checkedRead === undefined ? 'no' : checks,
  };
}

function helloOf(implementation: Implementation, name: string): StdioHello {
  const { verifiesOnly = false, seed, dsign, extended, headers, sealedLogs } = implementation;
  const depths = Array.from({ length: DEEPEST + 1 }, (_, depth) => depth);
  return {
    protocol: PROTOCOL_VERSION,
    name,
    verifiesOnly,
    seed: seed !== undefined,
    dsign: dsign !== undefined,
    extended: extended !== undefined,
    headers: headers !== undefined,
    sealedLogs: (['verify', 'checkProof'] as const).filter((method) => sealedLogs?.[method]),
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
    case 'verdict':
    case 'sizes':
    case 'period':
      return { [gives]: value };
    default:
      return { [`${gives}Hex`]: bytesToHex(value as Uint8Array) };
  }
}

/** The members of an argument, whose time is POSIX seconds in the protocol. */
function membersOf(fields: Fields): object {
  const { now, ...members } = decoded(fields) as Fields;
  return now === undefined ? members : { ...members, now: new Date(1000 * Number(now)) };
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
      const level = this.#kes(fields)?.checkedRead?.levelOf?.(error);
      return { id, ok: false, error: message, ...(level === undefined ? {} : { level }) };
    }
  }

  async #carryOut([part, method, takes, gives]: Operation, fields: Fields): Promise<object> {
    const subject = this.#subject(part, fields) as Readonly<
      Record<string, (...values: unknown[]) => unknown>
    >;
    const values =
      takes === 'members'
        ? [membersOf(fields)]
        : takes.map((name) =>
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
    const { algorithm, depth, key, form } = fields;
    switch (part) {
      case 'key':
        return offered(this.#keys.get(Number(key)), `key ${String(key)}`);
      case 'vrf':
        return offered(
          this.#implementation.vrf?.(algorithm as VrfAlgorithmName),
          String(algorithm),
        );
      case 'kes': {
        const kes = offered(this.#kes(fields), `${String(algorithm)} depth ${String(depth)}`);
        return form === undefined ? kes : offered(kes.rust, 'the Rust form');
      }
      default:
        return offered(this.#implementation[part], part);
    }
  }

  #kes({ algorithm, depth }: Fields): KesImplementation | undefined {
    if (depth === undefined) return undefined;
    return this.#implementation.kes?.(algorithm as KesAlgorithmKind, Number(depth));
  }
}

/** Answers each request, in the order of the requests, until the input ends. */
export async function serve(
  implementation: Implementation,
  name: string,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<void> {
  const responder = new Responder(implementation, name);
  let last = Promise.resolve();
  onLines(input, (line) => {
    last = last.then(async () => {
      const response = await responder.respond(JSON.parse(line) as Fields);
      output.write(`${JSON.stringify(response)}\n`);
    });
  });
  await once(input, 'end');
  await last;
}
