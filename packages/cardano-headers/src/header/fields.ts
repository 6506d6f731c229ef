/**
 * The shapes of a header body and the kinds of their fields: exactly what the decoder of a node accepts.
 *
 * Source: `BHBody` of cardano-protocol-tpraos (15 fields) and `HeaderBody` of ouroboros-consensus-protocol (10 fields, and
 * 12 with Leios, whose form is not frozen: it is that of a block of the test network Musashi, protocol version 12.0). All read a header, a body, a certificate and a version with `decodeRecordNamed`, which accepts arrays of definite and
 * of indefinite length. They read the VRF pairs with `enforceSize` and byte strings with `decodeBytes`, which accept
 * definite lengths only. Integers may have heads of any length.
 */
import { bytes, number, readItem, type Shape } from '../cbor/decode.js';
import { arrayAt, headAt, major, orUndefined, startOfItem } from '../cbor/walk.js';
import { certificateShapes } from '../certificate/certificate.js';
import { HeaderError } from '../errors.js';

/**
 * TPraos: Shelley to Alonzo, 15 fields. Praos: from Babbage on, 10 fields. Leios: those and two more. `later`: the 10 fields
 * of Praos and more in another form, of a later era.
 */
export type HeaderShape = 'TPraos' | 'Praos' | 'Leios' | 'later';

/** The decoder of a node checks the size of a proof. The verification checks the size of an output. */
const vrf = (name: string): Shape => ({
  name,
  definite: true,
  kind: [{ name: `output of the ${name}`, kind: 'bytes' }, bytes(`proof of the ${name}`, 80)],
});

const beginning: readonly Shape[] = [
  number('block number', 64),
  number('slot', 64),
  { name: 'previous hash', kind: 'bytes', size: 32, nullable: true },
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

const certified: Shape = { name: 'leios_certified', kind: 'boolean' };

/** Whether a node accepts an indefinite length is not known: such a header is of a later era, which accuses nothing. */
const announcement: Shape = {
  name: 'leios_announcement',
  kind: [bytes('hash of the announcement', 32), number('size of the announcement', 32)],
  definite: true,
  nullable: true,
};

const LEIOS: readonly Shape[] = [...PRAOS, certified, announcement];

/** The form of a header. */
export interface HeaderForm {
  readonly shape: HeaderShape;
  /** The number of fields of the body. */
  readonly count: number;
  /** The header: the body and its KES signature. */
  readonly header: Shape;
}

function formOf(shape: HeaderShape, body: readonly Shape[]): HeaderForm {
  const items = [{ name: 'header body', kind: body }, bytes('KES signature', 448)];
  return Object.freeze({ shape, count: body.length, header: { name: 'header', kind: items } });
}

const tpraos = formOf('TPraos', TPRAOS);
const praos = formOf('Praos', PRAOS);
const leios = formOf('Leios', LEIOS);

/** The form of the header whose body is at an offset, in a text that was walked. The fields of Praos are not checked. */
export function formOfBody(text: Uint8Array, start: number): HeaderForm {
  const { major: kind, indefinite, argument } = headAt(text, start);
  const isDefinite = kind === major.array && !indefinite;
  const count = isDefinite ? argument : arrayAt(text, start, text.byteLength)?.items.length;
  if (count === PRAOS.length) return praos;
  if (count === undefined || count < PRAOS.length)
    throw new HeaderError('wrong-shape', { offset: start });
  if (count === TPRAOS.length && isTpraos(text, start)) return tpraos;
  if (count === LEIOS.length && isLeios(text, startOfItem(text, start, PRAOS.length))) return leios;
  const more = Array.from({ length: count - PRAOS.length }, () => ({ name: 'field', kind: 'any' }));
  return formOf('later', [...PRAOS, ...(more as Shape[])]);
}

/** Whether the item after the first VRF pair is another one. In Praos it is the size of the block's body. */
function isTpraos(text: Uint8Array, start: number): boolean {
  return headAt(text, startOfItem(text, start, beginning.length + 1)).major === major.array;
}

function isLeios(text: Uint8Array, start: number): boolean {
  const read = () => readItem(text, readItem(text, start, certified).end, announcement);
  return orUndefined(read) !== undefined;
}

/** What a node writes in the blocks of an era. */
export interface Era {
  readonly shapes: readonly HeaderShape[];
  /**
   * The parts of a block: header, transactions, witnesses, metadata, and from Alonzo on the invalid transactions. From
   * Dijkstra on the header and the body. `undefined` of an era that is not known.
   */
  readonly parts: 2 | 4 | 5 | undefined;
}

interface NamedEra extends Era {
  readonly name: string;
}

/** The first era with KES, by the number in the block. */
export const SHELLEY = 2;

/** The shapes of headers from Conway on: the test network of Leios began with blocks of Conway. */
const SINCE_CONWAY: readonly HeaderShape[] = ['Praos', 'Leios', 'later'];

/** The eras whose blocks have KES signatures, by the number in the block. */
export const eras: ReadonlyMap<number, NamedEra> = new Map<number, NamedEra>([
  [SHELLEY, { name: 'Shelley', shapes: ['TPraos'], parts: 4 }],
  [3, { name: 'Allegra', shapes: ['TPraos'], parts: 4 }],
  [4, { name: 'Mary', shapes: ['TPraos'], parts: 4 }],
  [5, { name: 'Alonzo', shapes: ['TPraos'], parts: 5 }],
  [6, { name: 'Babbage', shapes: ['Praos'], parts: 5 }],
  [7, { name: 'Conway', shapes: SINCE_CONWAY, parts: 5 }],
  [8, { name: 'Dijkstra', shapes: SINCE_CONWAY, parts: 2 }],
]);

/** The last era that is known. */
export const LAST_ERA = 8;

const LATER: Era = { shapes: SINCE_CONWAY, parts: undefined };

/** What is known of an era with KES by its number. The blocks of a later one than the last that is known may have any parts. */
export function eraOf(number: number): Era {
  return eras.get(number) ?? LATER;
}

/** The index of the size of the block's body among the fields of a header body. */
export function bodySizeIndex(shape: HeaderShape): number {
  return shape === 'TPraos' ? beginning.length + 2 : beginning.length + 1;
}
