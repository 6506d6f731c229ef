/**
 * The two shapes of a header body, and what their fields have to be. The kinds of items are checked where they stand,
 * since cbor-x takes much for what it is not; their values are what cbor-x makes of them.
 *
 * Source: the CDDL of Shelley (`header_body`, 15 fields) and of Babbage (10 fields) in cardano-ledger.
 */
import { headAt, itemsAt, major, type Item } from './cbor-walk.js';
import { HeaderError } from './header-error.js';

/** TPraos: Shelley to Alonzo, 15 fields. Praos: Babbage and later, 10 fields. */
export type HeaderShape = 'TPraos' | 'Praos';

type Kind = 'number' | 'bytes' | 'bytes or null' | readonly Field[];

interface Field {
  readonly name: string;
  readonly kind: Kind;
  /** Bytes, where only one size is right. */
  readonly size?: number;
}

const number = (name: string): Field => ({ name, kind: 'number' });
const bytes = (name: string, size: number): Field => ({ name, kind: 'bytes', size });

/** Whether a proof is good is out of scope, and with it how long it is. */
const vrf = (name: string): Field => ({
  name,
  kind: [
    { name: `output of the ${name}`, kind: 'bytes' },
    { name: `proof of the ${name}`, kind: 'bytes' },
  ],
});

const beginning: readonly Field[] = [
  number('block number'),
  number('slot'),
  { name: 'previous hash', kind: 'bytes or null', size: 32 },
  bytes('issuer verification key', 32),
  bytes('VRF verification key', 32),
];

const certificate: readonly Field[] = [
  bytes('hot verification key', 32),
  number('sequence number'),
  number('start period'),
  bytes('signature of the certificate', 64),
];

const version: readonly Field[] = [
  number('major protocol version'),
  number('minor protocol version'),
];

const body: readonly Field[] = [number('body size'), bytes('body hash', 32)];

const shapes = new Map<number, { readonly shape: HeaderShape; readonly fields: readonly Field[] }>([
  [
    15,
    {
      shape: 'TPraos',
      fields: [
        ...beginning,
        vrf('nonce VRF'),
        vrf('leader VRF'),
        ...body,
        ...certificate,
        ...version,
      ],
    },
  ],
  [
    10,
    {
      shape: 'Praos',
      fields: [
        ...beginning,
        vrf('VRF result'),
        ...body,
        { name: 'operational certificate', kind: certificate },
        { name: 'protocol version', kind: version },
      ],
    },
  ],
]);

/**
 * Checks the fields of a header body where they stand.
 *
 * @param text - What the body stands in.
 * @param start - Where it begins.
 * @returns Its shape.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`.
 *
 * @internal
 */
export function checkBody(text: Uint8Array, start: number): HeaderShape {
  const items = itemsAt(text, start);
  const found = shapes.get(items?.length ?? 0);
  if (items === undefined || found === undefined)
    throw new HeaderError('wrong-shape', { offset: start });
  checkFields(text, items, found.fields);
  return found.shape;
}

function checkFields(text: Uint8Array, items: readonly Item[], fields: readonly Field[]): void {
  for (const [index, field] of fields.entries()) checkField(text, items[index]!, field);
}

function checkField(text: Uint8Array, item: Item, field: Field): void {
  const { name, kind, size } = field;
  if (typeof kind !== 'string') return checkNested(text, item, name, kind);
  if (kind === 'number' ? isUnsigned(text, item) : isBytes(text, item, kind, size)) return;
  const expected = size === undefined ? kind : `${kind} of size ${String(size)}`;
  throw wrongField(item, `${name} (${expected})`);
}

function checkNested(text: Uint8Array, item: Item, name: string, fields: readonly Field[]): void {
  const items = itemsAt(text, item.start);
  if (items?.length !== fields.length)
    throw wrongField(item, `${name} (array of ${String(fields.length)})`);
  checkFields(text, items, fields);
}

function isUnsigned(text: Uint8Array, { start }: Item): boolean {
  return headAt(text, start).major === major.unsigned;
}

const NULL = 0xf6;

function isBytes(
  text: Uint8Array,
  { start }: Item,
  kind: string,
  size: number | undefined,
): boolean {
  if (kind === 'bytes or null' && text[start] === NULL) return true;
  return isByteString(text, start, size);
}

/**
 * Whether a byte string of definite length stands at an offset, of a size where one is asked for.
 *
 * @internal
 */
export function isByteString(text: Uint8Array, start: number, size?: number): boolean {
  const head = headAt(text, start);
  if (head.major !== major.bytes || head.indefinite) return false;
  return size === undefined || head.argument === size;
}

function wrongField({ start }: Item, field: string): HeaderError {
  return new HeaderError('wrong-field', { offset: start, field });
}
