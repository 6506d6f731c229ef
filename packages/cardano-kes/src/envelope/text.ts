/**
 * The text of an envelope in the layout of `cardano-cli`: four spaces, the members in this order, a newline at the end.
 */
import { directSerialiseToChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { withLockedMemory } from '@evolock/direct-serialise-io/files';
import type { AllocationOptions } from '@evolock/kes-sum';
import { headOfByteString } from './byte-string.js';
import { encodeHex } from '../hex.js';
import type { EnvelopeLabel } from './envelope.js';

const encoder = new TextEncoder();

function opening({ type, description }: EnvelopeLabel): Uint8Array {
  const members = [
    `"type": ${JSON.stringify(type)}`,
    `"description": ${JSON.stringify(description)}`,
  ];
  return encoder.encode(`{\n    ${members.join(',\n    ')},\n    "cborHex": "`);
}

const closing = encoder.encode('"\n}\n');

/** The text of an envelope of public CBOR. */
export function publicEnvelopeText(label: EnvelopeLabel, cbor: Uint8Array): Uint8Array {
  const begin = opening(label);
  const text = new Uint8Array(begin.byteLength + 2 * cbor.byteLength + closing.byteLength);
  text.set(begin);
  encodeHex(text, begin.byteLength, cbor);
  text.set(closing, begin.byteLength + 2 * cbor.byteLength);
  return text;
}

/**
 * Lends the text of the envelope of a secret, a byte string of `size` bytes, in locked memory for the duration of a call.
 * Writes each block of the value as digits straight to its place in the text.
 */
export function withSecretEnvelope<Result>(
  label: EnvelopeLabel,
  size: number,
  value: DirectSerialise,
  options: AllocationOptions | undefined,
  use: (text: Uint8Array) => Result,
): Result {
  const begin = opening(label);
  const head = headOfByteString(size);
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
