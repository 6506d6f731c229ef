/**
 * Headers read and judged with the cryptography of libsodium. What is in `header/` and `cbor/` uses no native code.
 */
import { wrongType } from '@evolock/direct-serialise/arguments';
import { blake2b256, sum6Kes } from '@evolock/kes-sum';
import { verifyCertificate } from './certificate.js';
import { headerOf, type BlockHeader } from './header/parse.js';
import { verdictOn, type HeaderCryptography, type HeaderVerdict } from './header/verdict.js';
import { checkParameters, type KesParameters } from './kes-parameters.js';
import { poolIdOf } from './pool-id.js';

const cryptography: HeaderCryptography = {
  blake2b256,
  poolIdOf,
  verifyCertificate,
  verifyKes: (verificationKey, evolution, message, signature) =>
    sum6Kes.verify(verificationKey, evolution, message, signature),
};

/**
 * Reads a header: alone, at the beginning of a block, or of a block that is wrapped with its era (`[era, [header, …]]`,
 * as blocks lie on disk). It takes what the decoder of a node takes: arrays of definite and of indefinite length, heads
 * that are longer than necessary, byte strings of definite length.
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text. A header has at most 65,536 bytes, a block
 * at most 2,500,000: both are checked before anything is read.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseHeader } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseHeader(Uint8Array.of(0x82, 0x00, 0x80)), { problem: 'byron' });
 * ```
 */
export function parseHeader(input: Uint8Array | string): BlockHeader {
  return headerOf(input, cryptography);
}

/**
 * Judges a header as a node does: its certificate under the cold key that issued the block, the evolution under the
 * limits of network and algorithm, and its KES signature over the canonical encoding of the decoded body. All three are
 * checked, whichever fails.
 *
 * @param input - As {@link parseHeader} takes it. Bytes that are no header make a verdict too.
 * @param parameters - Of the network that the header is of.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: a mistake of the caller. No
 * bytes from outside cause it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/cardano-kes';
 *
 * const { result, failures } = verifyHeader('820080', mainnet);
 * assert.equal(result, 'not-a-header');
 * assert.equal(failures[0]?.code, 'malformed');
 * ```
 */
export function verifyHeader(input: Uint8Array | string, parameters: KesParameters): HeaderVerdict {
  return verdictOn(input, checkParameters(parameters), cryptography);
}

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
