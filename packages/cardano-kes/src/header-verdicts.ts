/**
 * Many headers, one verdict each, in their order.
 */
import { wrongType } from '@evolock/direct-serialise/arguments';
import { verifyHeader, type HeaderVerdict } from './header-verdict.js';
import { checkParameters, type KesParameters } from './kes-parameters.js';

/**
 * Judges many headers, one after the other as they are asked for: any number of them, in the memory of one.
 *
 * @param inputs - As {@link verifyHeader} takes them. What is no header gets a verdict like the others.
 * @returns The verdicts, in the order of the headers.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; on iteration, for an input that
 * is neither bytes nor text.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeaders } from '@evolock/cardano-kes';
 *
 * const verdicts = [...verifyHeaders(['80', new Uint8Array(0)], mainnet)];
 * assert.deepEqual(verdicts.map(({ valid }) => valid), [false, false]);
 * ```
 */
export function verifyHeaders(
  inputs: Iterable<Uint8Array | string>,
  parameters: KesParameters,
): Generator<HeaderVerdict, void, void> {
  if (!isIterable(inputs)) throw wrongType('inputs', 'an iterable of headers', inputs);
  return judged(inputs, checkParameters(parameters));
}

function* judged(
  inputs: Iterable<Uint8Array | string>,
  parameters: KesParameters,
): Generator<HeaderVerdict, void, void> {
  for (const input of inputs) yield verifyHeader(input, parameters);
}

/**
 * Judges many headers that come one by one, from files or over the network. Nothing is read ahead of who asks.
 *
 * @param inputs - As {@link verifyHeader} takes them.
 * @returns The verdicts, in the order of the headers.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; on iteration, for an input that
 * is neither bytes nor text.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeadersAsync } from '@evolock/cardano-kes';
 *
 * async function* arriving() {
 *   yield '80';
 * }
 * for await (const { valid } of verifyHeadersAsync(arriving(), mainnet)) assert.equal(valid, false);
 * ```
 */
export function verifyHeadersAsync(
  inputs: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  parameters: KesParameters,
): AsyncGenerator<HeaderVerdict, void, void> {
  if (!isIterable(inputs) && !isAsyncIterable(inputs))
    throw wrongType('inputs', 'an iterable of headers', inputs);
  return judgedAsync(inputs, checkParameters(parameters));
}

async function* judgedAsync(
  inputs: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  parameters: KesParameters,
): AsyncGenerator<HeaderVerdict, void, void> {
  for await (const input of inputs) yield verifyHeader(input, parameters);
}

/** Text and bytes can be iterated over as well, and are one header. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    isOther(value) && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    isOther(value) &&
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

function isOther(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
