/**
 * The two shapes of a header body and the kinds of their fields: exactly what the decoder of a node accepts.
 *
 * Source: `BHBody` of cardano-protocol-tpraos (15 fields) and `HeaderBody` of ouroboros-consensus-protocol (10 fields).
 * Both read a header, a body, a certificate and a version with `decodeRecordNamed`, which accepts arrays of definite and
 * of indefinite length. They read the VRF pairs with `enforceSize` and byte strings with `decodeBytes`, which accept
 * definite lengths only. Integers may have heads of any length.
 */
import { bytes, number, type Shape } from '../cbor/decode.js';
import { arrayAt, headAt, major } from '../cbor/walk.js';
import { certificateShapes } from '../certificate/certificate.js';
import { HeaderError } from '../errors.js';

/** TPraos: Shelley to Alonzo, 15 fields. Praos: Babbage and later, 10 fields. */
export type HeaderShape = 'TPraos' | 'Praos';

/** The decoder of a node checks the size of a proof. The verification checks the size of an output. */
const vrf = (name: string): Shape => ({
  name,
  definite: true,
  kind: [{ name: `output of the ${name}`, kind: 'bytes' }, bytes(`proof of the ${name}`, 80)],
});

const beginning: readonly Shape[] = [
  number('block number', 64),
  number('slot', 64),
  { name: 'previous hash', kind: 'bytes or null', size: 32 },
  bytes('issuer verification key', 32),
  bytes('VRF verification key', 32),
];

const version: readonly Shape[] = [
  number('major protocol version', 32),
  number('minor protocol version', 32),
];

const blockBody: readonly Shape[] = [number('body size', 32), bytes('body hash', 32)];

const TPRAOS: readonly Shape[] = [
  ...beginning,
  vrf('nonce VRF'),
  vrf('leader VRF'),
  ...blockBody,
  ...certificateShapes,
  ...version,
];

const PRAOS: readonly Shape[] = [
  ...beginning,
  vrf('VRF result'),
  ...blockBody,
  { name: 'operational certificate', kind: certificateShapes },
  { name: 'protocol version', kind: version },
];

/** The shape of the header body at an offset, by the number of its fields. The fields are not checked. */
export function shapeOfBody(text: Uint8Array, start: number): HeaderShape {
  const { major: kind, indefinite, argument } = headAt(text, start);
  const isDefinite = kind === major.array && !indefinite;
  const count = isDefinite ? argument : arrayAt(text, start, TPRAOS.length)?.items.length;
  if (count === TPRAOS.length) return 'TPraos';
  if (count === PRAOS.length) return 'Praos';
  throw new HeaderError('wrong-shape', { offset: start });
}

const header = (body: readonly Shape[]): Shape => ({
  name: 'header',
  kind: [{ name: 'header body', kind: body }, bytes('KES signature', 448)],
});

/** A header of each shape: the body and its KES signature. */
export const headers: Readonly<Record<HeaderShape, Shape>> = Object.freeze({
  TPraos: header(TPRAOS),
  Praos: header(PRAOS),
});

/** What a node writes in the blocks of an era. */
export interface Era {
  readonly name: string;
  readonly shape: HeaderShape;
  /** The parts of a block: header, transactions, witnesses, metadata, and from Alonzo on the invalid transactions. */
  readonly parts: 4 | 5;
}

/** The first era with KES, by the number in the block. */
export const SHELLEY = 2;

/** The eras whose blocks have KES signatures, by the number in the block. */
export const eras: ReadonlyMap<number, Era> = new Map([
  [SHELLEY, { name: 'Shelley', shape: 'TPraos', parts: 4 }],
  [3, { name: 'Allegra', shape: 'TPraos', parts: 4 }],
  [4, { name: 'Mary', shape: 'TPraos', parts: 4 }],
  [5, { name: 'Alonzo', shape: 'TPraos', parts: 5 }],
  [6, { name: 'Babbage', shape: 'Praos', parts: 5 }],
  [7, { name: 'Conway', shape: 'Praos', parts: 5 }],
]);

/** The fields of a body, and the index of the size of the block's body among them. */
export const layouts = {
  TPraos: { fields: TPRAOS.length, bodySize: 7 },
  Praos: { fields: PRAOS.length, bodySize: 6 },
} as const;
