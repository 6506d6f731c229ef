/**
 * The protocol between the runner and a process that is tested: JSON, one object per line, requests on the standard input
 * of the process and one response to each on its standard output, in the order of the requests. Bytes are hexadecimal text
 * in lower case. `schema/stdio-protocol.schema.json` describes the same.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { KesAlgorithmKind, VrfAlgorithmName } from './vectors.js';
import { encoded, hexToBytes } from './bytes.js';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { StdioError } from './errors.js';
import {
  type Implementation,
  type KesCheckedRead,
  type KesImplementation,
  type KesKeyHandle,
} from './implementation.js';

/** The version that `hello` states on both sides. */
export const PROTOCOL_VERSION = 1;

/** What a process offers of one algorithm at one depth. */
export interface StdioKesOffer {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly name: string;
  readonly totalPeriods: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly verificationKeySize: number;
  readonly rust: boolean;
  /**
   * `no`: reading checks lengths and periods only. `yes`: it checks verification keys too. `level`: its errors also
   * name the level.
   */
  readonly checkedRead: 'no' | 'yes' | 'level';
}

/** The response to `hello`. */
export interface StdioHello {
  readonly protocol: number;
  readonly name: string;
  /** Whether the process only verifies; absent: it does everything that it offers. */
  readonly verifiesOnly?: boolean;
  readonly seed: boolean;
  readonly dsign: boolean;
  /** Ed25519 with extended keys; absent: not offered. */
  readonly extended?: boolean;
  /** The VRFs that are offered; absent: none. */
  readonly vrf?: readonly VrfAlgorithmName[];
  readonly kes: readonly StdioKesOffer[];
  /** Verdicts on block headers; absent: not offered. */
  readonly headers?: boolean;
  /** What is offered of sealed logs; absent: nothing. No process makes logs. */
  readonly sealedLogs?: readonly ('verify' | 'checkProof')[];
}

/** A request or a response. Its fields come from another process: nothing is known of them. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What an operation gives: bytes in the field of that name with `Hex`; `output`, bytes or `null`; `halves`, two seeds;
 * `key`, its number and period; a list, a number or a verdict in the field of that name, `verdict` as an object; or nothing.
 */
export type Gives =
  | 'verificationKey'
  | 'signature'
  | 'proof'
  | 'serialised'
  | 'output'
  | 'halves'
  | 'key'
  | 'sizes'
  | 'period'
  | 'valid'
  | 'verdict'
  | 'nothing';

/**
 * A method of a part of an implementation: the part, the method, its arguments, and what it gives. The arguments are
 * fields with bytes, but `period`, which is a number or absent; or `members`: one object, whose members are the fields.
 */
export type Operation = readonly [
  part: 'seed' | 'dsign' | 'extended' | 'vrf' | 'kes' | 'key' | 'headers' | 'sealedLogs',
  method: string,
  takes: readonly string[] | 'members',
  gives: Gives,
];

/** Every operation except `hello`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'seed.expand': ['seed', 'expand', ['seed'], 'halves'],
  'dsign.deriveVerificationKey': ['dsign', 'deriveVerificationKey', ['seed'], 'verificationKey'],
  'dsign.sign': ['dsign', 'sign', ['seed', 'message'], 'signature'],
  'dsign.verify': ['dsign', 'verify', ['verificationKey', 'message', 'signature'], 'valid'],
  'extended.deriveVerificationKey': [
    'extended',
    'deriveVerificationKey',
    ['extendedKey'],
    'verificationKey',
  ],
  'extended.sign': ['extended', 'sign', ['extendedKey', 'message'], 'signature'],
  'vrf.deriveVerificationKey': ['vrf', 'deriveVerificationKey', ['seed'], 'verificationKey'],
  'vrf.prove': ['vrf', 'prove', ['seed', 'alpha'], 'proof'],
  'vrf.verify': ['vrf', 'verify', ['verificationKey', 'alpha', 'proof'], 'output'],
  'vrf.outputOf': ['vrf', 'outputOf', ['proof'], 'output'],
  'kes.generate': ['kes', 'generateKey', ['seed'], 'key'],
  'kes.read': ['kes', 'readKey', ['serialised', 'period'], 'key'],
  'kes.verify': ['kes', 'verify', ['verificationKey', 'period', 'message', 'signature'], 'valid'],
  'kes.deriveVerificationKey': ['key', 'deriveVerificationKey', [], 'verificationKey'],
  'kes.sign': ['key', 'sign', ['message'], 'signature'],
  'kes.update': ['key', 'update', [], 'period'],
  'kes.serialise': ['key', 'serialise', [], 'serialised'],
  'kes.blockSizes': ['key', 'blockSizes', [], 'sizes'],
  'kes.release': ['key', 'release', [], 'nothing'],
  'headers.verify': ['headers', 'verify', 'members', 'verdict'],
  'sealedLogs.verify': ['sealedLogs', 'verify', 'members', 'verdict'],
  'sealedLogs.checkProof': ['sealedLogs', 'checkProof', 'members', 'valid'],
};

/** Calls `use` for each line of a stream of UTF-8 text. The last line may lack its end. */
export function onLines(stream: Readable, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) use(line);
  });
  stream.on('end', () => {
    if (rest !== '') use(rest);
    rest = '';
  });
}

interface Pending {
  readonly resolve: (response: Fields) => void;
  readonly reject: (error: StdioError) => void;
  readonly timer: NodeJS.Timeout;
}

/** A line as an object, or `undefined`. */
function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const EXCERPT_LENGTH = 80;

/** `spawn` throws for some failures, such as an argument that is too long or no text. The others are `error` events. */
function started(
  command: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, null> {
  try {
    return spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StdioError(
      'ERR_EVOLOCK_STDIO_NOT_STARTED',
      `${command} could not be started: ${why}`,
      { cause },
    );
  }
}

/** A process that answers requests, one line each. After a failure every request fails with the same error. */
class StdioProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, Pending>();
  readonly #timeout: number;
  readonly #ended: Promise<void>;
  #failure: StdioError | undefined;
  #count = 0;

  constructor(command: string, args: readonly string[], timeout: number) {
    this.#timeout = timeout;
    this.#child = started(command, args);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        this.#fail(
          new StdioError('ERR_EVOLOCK_STDIO_ENDED', `the process ended ${how} before its response`),
        );
        resolve();
      });
      this.#child.once('error', (cause) => {
        const message = `${command} could not be started: ${cause.message}`;
        this.#fail(new StdioError('ERR_EVOLOCK_STDIO_NOT_STARTED', message, { cause }));
        resolve();
      });
    });
    // A write to a process that has ended fails here. `close` reports the end.
    this.#child.stdin.on('error', () => undefined);
    onLines(this.#child.stdout, (line) => {
      if (line.trim() !== '') this.#take(line);
    });
  }

  /** Sends a request and waits for the response. The caller checks each field that it reads. */
  request(op: string, fields: Fields): Promise<Fields> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#count += 1;
    const id = this.#count;
    const response = new Promise<Fields>((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `no response to ${op} within ${this.#timeout / 1000} s`;
        this.#fail(new StdioError('ERR_EVOLOCK_STDIO_TIMEOUT', message));
        this.#child.kill();
      }, this.#timeout);
      this.#pending.set(id, { resolve, reject, timer });
    });
    this.#child.stdin.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    return response;
  }

  /** Ends the input of the process and waits for its end. A process that does not end is killed. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#timeout);
    await this.#ended;
    clearTimeout(timer);
  }

  #take(line: string): void {
    const response = parse(line);
    const pending = this.#pending.get(Number(response?.['id']));
    if (response === undefined || pending === undefined || typeof response['ok'] !== 'boolean') {
      const excerpt = line.slice(0, EXCERPT_LENGTH);
      this.#fail(
        new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', `not a response to a request: ${excerpt}`),
      );
      return;
    }
    this.#pending.delete(Number(response['id']));
    clearTimeout(pending.timer);
    if (response['ok']) {
      pending.resolve(response);
      return;
    }
    const { error, level } = response;
    const message = typeof error === 'string' ? error : 'refused without a reason';
    const named = typeof level === 'number' ? level : undefined;
    pending.reject(new StdioError('ERR_EVOLOCK_STDIO_REFUSED', message, { level: named }));
  }

  #fail(failure: StdioError): void {
    this.#failure ??= failure;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#pending.clear();
  }
}

/** Options of `stdioImplementation`. */
export interface StdioOptions {
  /**
   * Seconds after which a request without a response fails and the process is killed, 1 to 2,147,483; 60 when absent.
   */
  readonly timeout?: number | undefined;
}

/** An implementation in another process. */
export interface StdioImplementation extends Implementation {
  readonly name: string;
  /** Ends its input and waits for its end. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT = 60;
const MAXIMUM_TIMEOUT = 2_147_483;

function protocolError(field: string, expected: string): StdioError {
  const message = `${field} in a response: expected ${expected}`;
  return new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', message);
}

function bytesIn(response: Fields, field: string): Uint8Array {
  try {
    return hexToBytes(response[field]);
  } catch {
    throw protocolError(field, 'hexadecimal text in lower case');
  }
}

function integerIn(response: Fields, field: string): number {
  const value = response[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw protocolError(field, 'an integer');
  return value;
}

function resultIn(process: StdioProcess, response: Fields, gives: Gives): unknown {
  const value = response[gives];
  switch (gives) {
    case 'nothing':
      return undefined;
    case 'key':
      return keyIn(process, response);
    case 'period':
      return integerIn(response, gives);
    case 'halves':
      return { left: bytesIn(response, 'leftHex'), right: bytesIn(response, 'rightHex') };
    case 'output':
      return response['outputHex'] === null ? undefined : bytesIn(response, 'outputHex');
    case 'valid':
      if (typeof value !== 'boolean') throw protocolError(gives, 'true or false');
      return value;
    case 'verdict':
      if (typeof value !== 'object' || value === null) throw protocolError(gives, 'an object');
      return value;
    case 'sizes':
      if (!Array.isArray(value) || !value.every((size) => Number.isSafeInteger(size)))
        throw protocolError(gives, 'integers');
      return value;
    default:
      return bytesIn(response, `${gives}Hex`);
  }
}

type Method = (...values: unknown[]) => Promise<unknown>;

/** The methods of a part. Each sends a request with its arguments and with `about`, which says what it is a method of. */
function methodsOf(
  process: StdioProcess,
  part: Operation[0],
  about: Fields = {},
): Record<string, Method> {
  const ofPart = Object.entries(OPERATIONS).filter(([, [ofOperation]]) => ofOperation === part);
  return Object.fromEntries(
    ofPart.map(([op, [, method, takes, gives]]) => {
      const call: Method = async (...values) => {
        const given =
          takes === 'members'
            ? (values[0] as object)
            : Object.fromEntries(takes.map((name, index) => [name, values[index]]));
        const fields = { ...about, ...encoded(given) };
        return resultIn(process, await process.request(op, fields), gives);
      };
      return [method, call];
    }),
  );
}

/** A key in a process, from the response to `kes.generate` or `kes.read`. */
function keyIn(process: StdioProcess, response: Fields): KesKeyHandle {
  const { update, ...methods } = methodsOf(process, 'key', { key: integerIn(response, 'key') });
  let period = integerIn(response, 'period');
  // The cast, here and below: the table of operations has the methods of the interface, which the compiler cannot see.
  return Object.defineProperties(methods, {
    period: { get: () => period },
    update: {
      value: async () => {
        period = (await update?.()) as number;
      },
    },
  }) as unknown as KesKeyHandle;
}

const namingLevels: KesCheckedRead = {
  levelOf: (error) => (error instanceof StdioError ? error.level : undefined),
};

function kesIn(process: StdioProcess, offer: StdioKesOffer): KesImplementation {
  const { algorithm, depth, rust, checkedRead, ...stated } = offer;
  const about = { algorithm, depth };
  return {
    ...stated,
    ...methodsOf(process, 'kes', about),
    ...(rust ? { rust: methodsOf(process, 'kes', { ...about, form: 'rust' }) } : {}),
    ...(checkedRead === 'no' ? {} : { checkedRead: checkedRead === 'level' ? namingLevels : {} }),
  } as unknown as KesImplementation;
}

function sealedLogsIn(process: StdioProcess, offered: readonly string[]): Record<string, Method> {
  const methods = Object.entries(methodsOf(process, 'sealedLogs'));
  return Object.fromEntries(methods.filter(([method]) => offered.includes(method)));
}

async function greet(process: StdioProcess): Promise<StdioHello> {
  const hello = await process.request('hello', { protocol: PROTOCOL_VERSION });
  const { protocol, name, kes, vrf = [], sealedLogs = [] } = hello;
  if (protocol !== PROTOCOL_VERSION)
    throw protocolError('protocol', `version ${PROTOCOL_VERSION} of the protocol`);
  if (typeof name !== 'string' || ![kes, vrf, sealedLogs].every(Array.isArray))
    throw protocolError('hello', 'a name, a list kes, and no vrf or sealedLogs or lists');
  return hello as unknown as StdioHello;
}

function implementationIn(process: StdioProcess, hello: StdioHello): StdioImplementation {
  const { name, verifiesOnly, seed, dsign, extended, vrf, kes, headers, sealedLogs } = hello;
  return {
    name,
    verifiesOnly: verifiesOnly === true,
    ...(seed ? { seed: methodsOf(process, 'seed') } : {}),
    ...(dsign ? { dsign: methodsOf(process, 'dsign') } : {}),
    ...(extended === true ? { extended: methodsOf(process, 'extended') } : {}),
    ...(headers === true ? { headers: methodsOf(process, 'headers') } : {}),
    ...(sealedLogs === undefined ? {} : { sealedLogs: sealedLogsIn(process, sealedLogs) }),
    vrf: (algorithm: string) =>
      vrf?.some((offered) => offered === algorithm) === true
        ? methodsOf(process, 'vrf', { algorithm })
        : undefined,
    kes(algorithm: string, depth: number) {
      const offer = kes.find((one) => one.algorithm === algorithm && one.depth === depth);
      return offer && kesIn(process, offer);
    },
    close: () => process.close(),
  } as unknown as StdioImplementation;
}

/**
 * Starts a process and adapts what it offers through the protocol of this package: JSON, one object per line, on its
 * standard input and output. Its standard error is that of this process. `close` the implementation afterwards.
 *
 * @throws StdioError with code `ERR_EVOLOCK_STDIO_NOT_STARTED`, `ERR_EVOLOCK_STDIO_ENDED`, `ERR_EVOLOCK_STDIO_TIMEOUT`,
 * `ERR_EVOLOCK_STDIO_PROTOCOL` or `ERR_EVOLOCK_STDIO_REFUSED` when `hello` gets no valid response. Methods reject with the
 * same errors.
 */
export async function stdioImplementation(
  command: string,
  args: readonly string[],
  options?: StdioOptions,
): Promise<StdioImplementation> {
  if (!Array.isArray(args) || !args.every((word) => typeof word === 'string'))
    throw wrongType('args', 'a list of texts', args);
  const { timeout = DEFAULT_TIMEOUT } = checkOptions(options, ['timeout']);
  checkInteger('timeout', timeout, 1, MAXIMUM_TIMEOUT);
  const process = new StdioProcess(command, args, 1000 * timeout);
  try {
    return implementationIn(process, await greet(process));
  } catch (error) {
    await process.close();
    throw error;
  }
}
