import { checkedOptions, checkedText } from '../arguments.js';
import { ArgumentError, StdioError } from '../errors.js';
import type {
  AsyncDsignImplementation,
  AsyncExtendedImplementation,
  AsyncImplementation,
  AsyncSeedImplementation,
  AsyncVrfImplementation,
} from '../implementation/async-implementation.js';
import { bytesToHex } from '../vectors/bytes.js';
import { stdioKes } from './client-kes.js';
import type { VrfAlgorithmName } from '../vectors/vrf.js';
import { booleanField, bytesField } from './fields.js';
import { StdioProcess } from './process.js';
import { PROTOCOL_VERSION, type StdioHello, type StdioResponse } from './protocol.js';

/** Options of `stdioImplementation`. */
export interface StdioOptions {
  /**
   * Milliseconds after which a request without a response fails and the process is killed, 1 to 2^31 − 1. Absent:
   * 60,000.
   */
  readonly timeout?: number | undefined;
}

/** An implementation in another process. */
export interface StdioImplementation extends AsyncImplementation {
  /** The name that the process states. */
  readonly name: string;
  /** Ends its input and waits for its end. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT = 60_000;
const MAXIMUM_TIMEOUT = 2 ** 31 - 1;

/** An argument of a process: text without a zero character. */
function checkedWord(argument: string, value: unknown): string {
  const word = checkedText(argument, value);
  if (word.includes('\0')) throw new ArgumentError(argument, 'text without a zero character');
  return word;
}

function checkedWords(values: unknown): string[] {
  if (!Array.isArray(values)) throw new ArgumentError('args', 'a list of texts');
  // By index: a replaced iterator is not called, and a sparse list of great length fails at its first hole.
  return Array.from({ length: values.length }, (_, index) => checkedWord('args', values[index]));
}

function seedOf(process: StdioProcess): AsyncSeedImplementation {
  return {
    async expand(seed) {
      const response = await process.request('seed.expand', { seedHex: bytesToHex(seed) });
      return { left: bytesField(response, 'leftHex'), right: bytesField(response, 'rightHex') };
    },
  };
}

function dsignOf(process: StdioProcess): AsyncDsignImplementation {
  return {
    deriveVerificationKey: async (seed) =>
      bytesField(
        await process.request('dsign.deriveVerificationKey', { seedHex: bytesToHex(seed) }),
        'verificationKeyHex',
      ),
    sign: async (seed, message) =>
      bytesField(
        await process.request('dsign.sign', {
          seedHex: bytesToHex(seed),
          messageHex: bytesToHex(message),
        }),
        'signatureHex',
      ),
    verify: async (verificationKey, message, signature) =>
      booleanField(
        await process.request('dsign.verify', {
          verificationKeyHex: bytesToHex(verificationKey),
          messageHex: bytesToHex(message),
          signatureHex: bytesToHex(signature),
        }),
        'valid',
      ),
  };
}

function extendedOf(process: StdioProcess): AsyncExtendedImplementation {
  return {
    deriveVerificationKey: async (extendedKey) =>
      bytesField(
        await process.request('extended.deriveVerificationKey', {
          extendedKeyHex: bytesToHex(extendedKey),
        }),
        'verificationKeyHex',
      ),
    sign: async (extendedKey, message) =>
      bytesField(
        await process.request('extended.sign', {
          extendedKeyHex: bytesToHex(extendedKey),
          messageHex: bytesToHex(message),
        }),
        'signatureHex',
      ),
  };
}

function outputIn(response: StdioResponse<'vrf.verify'>): Uint8Array | undefined {
  return response.outputHex === null ? undefined : bytesField(response, 'outputHex');
}

function vrfOf(process: StdioProcess, algorithm: VrfAlgorithmName): AsyncVrfImplementation {
  return {
    deriveVerificationKey: async (seed) =>
      bytesField(
        await process.request('vrf.deriveVerificationKey', {
          algorithm,
          seedHex: bytesToHex(seed),
        }),
        'verificationKeyHex',
      ),
    prove: async (seed, alpha) =>
      bytesField(
        await process.request('vrf.prove', {
          algorithm,
          seedHex: bytesToHex(seed),
          alphaHex: bytesToHex(alpha),
        }),
        'proofHex',
      ),
    verify: async (verificationKey, alpha, proof) =>
      outputIn(
        await process.request('vrf.verify', {
          algorithm,
          verificationKeyHex: bytesToHex(verificationKey),
          alphaHex: bytesToHex(alpha),
          proofHex: bytesToHex(proof),
        }),
      ),
    outputOf: async (proof) =>
      outputIn(await process.request('vrf.outputOf', { algorithm, proofHex: bytesToHex(proof) })),
  };
}

async function greet(process: StdioProcess): Promise<StdioHello> {
  const hello = await process.request('hello', { protocol: PROTOCOL_VERSION });
  if (hello.protocol !== PROTOCOL_VERSION) {
    const message = `the process has version ${hello.protocol} of the protocol, expected ${PROTOCOL_VERSION}`;
    throw new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', message);
  }
  const { name, kes, vrf = [] } = hello;
  if (typeof name !== 'string' || !Array.isArray(kes) || !Array.isArray(vrf)) {
    throw new StdioError(
      'ERR_EVOLOCK_STDIO_PROTOCOL',
      'the response to hello: expected a name, a list kes, and no vrf or a list',
    );
  }
  return hello;
}

/**
 * Starts a process and adapts what it offers through the protocol of this package: JSON, one object per line, on its
 * standard input and output. Its standard error is that of this process.
 *
 * @param command - The program.
 * @param args - Its arguments.
 * @param options - `timeout`.
 * @returns An implementation for `runConformance`; `close` it afterwards.
 * @throws StdioError with code `ERR_EVOLOCK_STDIO_NOT_STARTED`, `ERR_EVOLOCK_STDIO_ENDED`, `ERR_EVOLOCK_STDIO_TIMEOUT`,
 * `ERR_EVOLOCK_STDIO_PROTOCOL` or `ERR_EVOLOCK_STDIO_REFUSED` when `hello` gets no valid response. Methods reject
 * with the same errors.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { runConformance, stdioImplementation } from '@evolock/test-vectors';
 *
 * // A whole implementation. It offers nothing.
 * const script = `process.stdin.once('data', (line) => {
 *   const { id, protocol } = JSON.parse(line);
 *   console.log(JSON.stringify({ id, ok: true, protocol, name: 'nothing', seed: false, dsign: false, kes: [] }));
 * });`;
 * const implementation = await stdioImplementation(process.execPath, ['--eval', script]);
 * const { conforms, statement } = await runConformance(implementation);
 * assert.equal(implementation.name, 'nothing');
 * assert.equal(conforms, false);
 * assert.match(statement, /nothing was tested$/);
 * await implementation.close();
 * ```
 */
export async function stdioImplementation(
  command: string,
  args: readonly string[],
  options?: StdioOptions,
): Promise<StdioImplementation> {
  const { timeout = DEFAULT_TIMEOUT } = checkedOptions(options);
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MAXIMUM_TIMEOUT) {
    throw new ArgumentError('timeout', `an integer from 1 to ${MAXIMUM_TIMEOUT}`);
  }
  const name = checkedWord('command', command);
  if (name === '') throw new ArgumentError('command', 'a program');
  const process = new StdioProcess(name, checkedWords(args), timeout);
  try {
    const hello = await greet(process);
    return {
      name: hello.name,
      verifiesOnly: hello.verifiesOnly === true,
      ...(hello.seed ? { seed: seedOf(process) } : {}),
      ...(hello.dsign ? { dsign: dsignOf(process) } : {}),
      ...(hello.extended === true ? { extended: extendedOf(process) } : {}),
      vrf: (algorithm) =>
        hello.vrf?.includes(algorithm) === true ? vrfOf(process, algorithm) : undefined,
      kes(algorithm, depth) {
        const offer = hello.kes.find(
          (offered) => offered.algorithm === algorithm && offered.depth === depth,
        );
        return offer && stdioKes(process, offer);
      },
      close: () => process.close(),
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}
