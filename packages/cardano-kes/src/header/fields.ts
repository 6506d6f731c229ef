/**
 * The two shapes of a header body and the kinds of their fields: exactly what the decoder of a node accepts.
 *
 * Source: `BHBody` of cardano-protocol-tpraos (15 fields) and `HeaderBody` of ouroboros-consensus-protocol (10 fields).
 * Both read a header, a body, a certificate and a version with `decodeRecordNamed`, which accepts arrays of definite and
 * of indefinite length. They read the VRF pairs with `enforceSize` and byte strings with `decodeBytes`, which accept
 * definite lengths only. Integers may have heads of any length.
 */
import type { CborItem } from '../cbor/encode.js';
import { arrayAt, bytesAt, unsignedAt } from '../cbor/walk.js';
import { HeaderError } from '../errors.js';

/** TPraos: Shelley to Alonzo, 15 fields. Praos: Babbage and later, 10 fields. */
export type HeaderShape = 'TPraos' | 'Praos';

interface Field {
  readonly name: string;
  readonly kind: 'number' | 'bytes' | 'bytes or null' | readonly Field[];
  /** Of a number: bits. Of a byte string: bytes; absent when any size is accepted. */
  readonly size?: number;
  /** Of an array: whether an indefinite length is refused. */
  readonly definite?: boolean;
}

const number = (name: string, bits: 32 | 64): Field => ({ name, kind: 'number', size: bits });
const bytes = (name: string, size: number): Field => ({ name, kind: 'bytes', size });

/** The decoder of a node checks the size of a proof. The verification checks the size of an output. */
const vrf = (name: string): Field => ({
  name,
  definite: true,
  kind: [{ name: `output of the ${name}`, kind: 'bytes' }, bytes(`proof of the ${name}`, 80)],
});

const beginning: readonly Field[] = [
  number('block number', 64),
  number('slot', 64),
  { name: 'previous hash', kind: 'bytes or null', size: 32 },
  bytes('issuer verification key', 32),
  bytes('VRF verification key', 32),
];

const certificate: readonly Field[] = [
  bytes('hot verification key', 32),
  number('sequence number', 64),
  number('start period', 64),
  bytes('signature of the certificate', 64),
];

const version: readonly Field[] = [
  number('major protocol version', 32),
  number('minor protocol version', 32),
];

const blockBody: readonly Field[] = [number('body size', 32), bytes('body hash', 32)];

const TPRAOS: readonly Field[] = [
  ...beginning,
  vrf('nonce VRF'),
  vrf('leader VRF'),
  ...blockBody,
  ...certificate,
  ...version,
];

const PRAOS: readonly Field[] = [
  ...beginning,
  vrf('VRF result'),
  ...blockBody,
  { name: 'operational certificate', kind: certificate },
  { name: 'protocol version', kind: version },
];

/** A decoded body. */
export interface DecodedBody {
  readonly shape: HeaderShape;
  /** The fields in order. Byte strings are views of the text. */
  readonly values: readonly CborItem[];
}

/**
 * Decodes a header body.
 *
 * @param text - The text that contains the body.
 * @param start - The offset of the body.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, `CborError`.
 *
 * @internal
 */
export function decodeBody(text: Uint8Array, start: number): DecodedBody {
  const count = arrayAt(text, start, TPRAOS.length)?.items.length;
  if (count !== TPRAOS.length && count !== PRAOS.length)
    throw new HeaderError('wrong-shape', { offset: start });
  const [shape, kind] =
    count === TPRAOS.length ? (['TPraos', TPRAOS] as const) : (['Praos', PRAOS] as const);
  return { shape, values: arrayOf(text, start, { name: 'header body', kind }, kind) };
}

function arrayOf(
  text: Uint8Array,
  start: number,
  field: Field,
  fields: readonly Field[],
): readonly CborItem[] {
  const array = arrayAt(text, start, fields.length);
  const refused = array === undefined || (array.indefinite && field.definite === true);
  if (refused || array.items.length !== fields.length) {
    const length = field.definite === true ? 'array of definite length' : 'array';
    throw wrongField(start, `${field.name} (${length}, of ${String(fields.length)})`);
  }
  return fields.map((each, index) => valueOf(text, array.items[index]!.start, each));
}

const NULL = 0xf6;

function valueOf(text: Uint8Array, start: number, field: Field): CborItem {
  const { kind } = field;
  switch (kind) {
    case 'number':
      return numberOf(text, start, field);
    case 'bytes or null':
      return text[start] === NULL ? null : bytesOf(text, start, field);
    case 'bytes':
      return bytesOf(text, start, field);
    default:
      return arrayOf(text, start, field, kind);
  }
}

function numberOf(text: Uint8Array, start: number, { name, size = 64 }: Field): bigint {
  const value = unsignedAt(text, start);
  if (value === undefined || value >= 1n << BigInt(size))
    throw wrongField(start, `${name} (unsigned, ${String(size)} bits)`);
  return value;
}

/**
 * The byte string of a field.
 *
 * @internal
 */
export function bytesOf(
  text: Uint8Array,
  start: number,
  { name, size }: { readonly name: string; readonly size?: number },
): Uint8Array {
  const value = bytesAt(text, start);
  if (value !== undefined && (size === undefined || value.byteLength === size)) return value;
  const expected = size === undefined ? '' : ` of size ${String(size)}`;
  throw wrongField(start, `${name} (bytes${expected}, of definite length)`);
}

function wrongField(offset: number, field: string): HeaderError {
  return new HeaderError('wrong-field', { offset, field });
}
