/**
 * The text of an envelope, as `cardano-cli` lays it out: four spaces, the members in this order, a newline at the end.
 */
import { directSerialiseToChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { withLockedMemory } from '@evolock/direct-serialise-io/files';
import type { AllocationOptions } from '@evolock/kes-sum';
import { headOf } from './byte-string.js';
import type { EnvelopeLabel } from './envelope.js';
import { encodeHex } from './hex.js';

const encoder = new TextEncoder();

function opening({ type, description }: EnvelopeLabel): Uint8Array {
  const members = [
    `"type": ${JSON.stringify(type)}`,
    `"description": ${JSON.stringify(description)}`,
  ];
  return encoder.encode(`{\n    ${members.join(',\n    ')},\n    "cborHex": "`);
}

const closing = encoder.encode('"\n}\n');

/**
 * The envelope of something public.
 *
 * @internal
 */
export function publicEnvelopeText(label: EnvelopeLabel, cbor: Uint8Array): Uint8Array {
  const begin = opening(label);
  const text = new Uint8Array(begin.byteLength + 2 * cbor.byteLength + closing.byteLength);
  text.set(begin);
  encodeHex(text, begin.byteLength, cbor);
  text.set(closing, begin.byteLength + 2 * cbor.byteLength);
  return text;
}

/**
 * Lends the envelope of a secret, as a byte string, in locked memory for the duration of a call. Of its `size` bytes every block of the
 * value is written as digits from where it lies to where it belongs.
 *
 * @throws What the value throws, and what locked memory does.
 *
 * @internal
 */
export function withSecretEnvelope<Result>(
  label: EnvelopeLabel,
  size: number,
  value: DirectSerialise,
  options: AllocationOptions | undefined,
  use: (text: Uint8Array) => Result,
): Result {
  const begin = opening(label);
  const head = headOf(size);
  const digits = begin.byteLength + 2 * head.byteLength;
  const end = digits + 2 * size;
  return withLockedMemory(end + closing.byteLength, options, (text) => {
    text.set(begin);
    encodeHex(text, begin.byteLength, head);
    directSerialiseToChecked(
      (offset, block) => encodeHex(text, digits + 2 * offset, block),
      size,
      value,
    );
    text.set(closing, end);
    return use(text);
  });
}
