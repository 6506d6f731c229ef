import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { checkedObject, checkedText, requireMethods } from '../arguments.js';
import { StdioError } from '../errors.js';
import type { AsyncImplementation, Awaitable } from '../implementation/async-implementation.js';
import { checkImplementation } from '../implementation/inspect.js';
import { type About, handlersOf, HeldKeys, offered } from './handlers.js';
import { onLines, type StdioOperation } from './protocol.js';

/** Options of `serveImplementation`. */
export interface ServeOptions {
  /** The name of the implementation. */
  readonly name: string;
  /** The source of requests; absent, the standard input. */
  readonly input?: Readable | undefined;
  /** The destination of responses; absent, the standard output. */
  readonly output?: Writable | undefined;
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
    throw new StdioError('ERR_EVOLOCK_STDIO_ENDED', 'the input failed', { cause });
  }
}

/** The level that an error about a tampered key names. */
function levelIn(
  error: unknown,
  implementation: AsyncImplementation,
  { algorithm, depth }: Partial<About>,
): number | undefined {
  if (algorithm === undefined || depth === undefined) return undefined;
  return implementation.kes?.(algorithm, depth)?.checkedRead?.levelOf?.(error);
}

function refusal(error: unknown, level: number | undefined): object {
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, error: message, ...(level === undefined ? {} : { level }) };
}

/** Returns the function that carries a request out and returns the response. */
function responder(implementation: AsyncImplementation, name: string, keys: HeldKeys) {
  // The cast: the fields come from another process, so no type of them is known. They are not checked here: a handler that
  // cannot use them throws, and the response is an error.
  const handlers = handlersOf(implementation, name, keys) as Readonly<
    Record<string, (fields: unknown) => Awaitable<object>>
  >;
  return async ({ id, op, ...fields }: Request): Promise<object> => {
    try {
      const handler = offered(Object.hasOwn(handlers, op) ? handlers[op] : undefined, op);
      return { id, ok: true, ...(await handler(fields)) };
    } catch (error) {
      return { id, ...refusal(error, levelIn(error, implementation, fields)) };
    }
  };
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
 *   verifiesOnly: false,
 *   seed: false,
 *   dsign: false,
 *   extended: false,
 *   vrf: [],
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
  const respond = responder(implementation, name, keys);
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
