/** Links to a verdict: the input is in the fragment, which browsers send to no server. A link is read like a paste or a drop. */
import { base64UrlOf, bytesOfBase64, digitsOf } from './input/digits.js';
import { given, givenFiles, mayContainKey, type Given } from './input/input.js';
import { areSeals, type GivenFile } from './input/log-files.js';
import type { Linkable } from './reports/report.js';
import { defaults, type Settings } from './settings.js';

/** The most characters of a link. Mail and chats cut longer ones. */
const LONGEST = 16_000;

/** A link to a verdict, or why it has none. */
export type Link = { readonly fragment: string } | { readonly reason: string };

/** The fragment of a link; empty when there is none. */
export function fragmentIn(link: Link | undefined): string {
  return link !== undefined && 'fragment' in link ? link.fragment : '';
}

/** What a link contains: a text as it is pasted, or files as they are dropped. */
export interface Linked {
  readonly text: string;
  readonly files: readonly GivenFile[];
  readonly settings: Partial<Settings>;
}

type Input = Extract<Given, { kind: 'cbor' | 'envelopes' | 'log' | 'proof' }>;

/** The fields that a link contains, and their names in it. */
const names = {
  network: 'network',
  slotsPerKesPeriod: 'slots',
  maxKesEvolutions: 'evolutions',
  epochNonce: 'nonce',
  verifierKey: 'key',
  maxAge: 'age',
  erased: 'erased',
  retention: 'retention',
  revokedFrom: 'revoked',
} as const satisfies Partial<Record<keyof Settings, string>>;

const networks = ['mainnet', 'preprod', 'preview', 'other'] as const;

/** The last part of a link with files: one that was cut off has none. */
const END = 'end';

/** Names of files in a link. The page shows them. */
const FILE = /^([a-z0-9.]{1,32}):(.*)$/;

/**
 * The link to the verdict on an input that passed the test for signing keys. It opens to the same verdict.
 *
 * @param linkable - Of the report.
 */
export async function linkTo(
  input: Input,
  settings: Settings,
  linkable: Linkable | undefined,
): Promise<Link> {
  if (linkable === undefined)
    return { reason: 'No link: this page cannot read it, and what it cannot read may be a key.' };
  // What is not proved may be a secret, and without it the verdict is another.
  if (linkable.nonce === false) return { reason: NONCE_NOT_PROVED };
  if (linkable.hashes === false) return { reason: HASHES_NOT_PROVED };
  const files = filesOf(input, settings);
  const size = files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  if (size > LONGEST) return { reason: TOO_LONG };
  if (await isSuspicious(input, settings))
    return { reason: 'No link: a word in this may be a key.' };
  const fragment = fragmentOf(input, settings, linkable);
  if (fragment.length > LONGEST) return { reason: TOO_LONG };
  return (await isReadAs(input, fragment, linkable))
    ? { fragment }
    : { reason: 'No link: read from one, this would be taken for something else.' };
}

const TOO_LONG = 'No link: this is larger than a link can be.';
const NONCE_NOT_PROVED =
  'No link: no valid header here proves the nonce of the epoch, so that may be a secret. Empty its field for a link.';
const HASHES_NOT_PROVED =
  'No link: the hashes are not proved, so they may be a secret. Remove their file for a link.';

function fragmentOf(input: Input, settings: Settings, linkable: Linkable): string {
  const files = filesOf(input, settings);
  const parts = new URLSearchParams();
  for (const field of fieldsOf(input, settings, linkable))
    parts.set(names[field], settings[field].trim());
  const [one, ...others] = files;
  if (one !== undefined && others.length === 0) parts.set('check', textOf(input, one.bytes));
  else {
    for (const { name, bytes } of files) parts.append('file', `${name}:${base64UrlOf(bytes)}`);
    parts.set(END, '');
  }
  return `#${String(parts)}`;
}

/** Whether the input of a link has the same link: names and forms of its files can be those of other kinds. */
async function isReadAs(input: Input, fragment: string, linkable: Linkable): Promise<boolean> {
  const linked = inputOfLink(fragment);
  if (linked === undefined || linked === 'damaged') return false;
  const again = await (linked.files.length > 0 ? givenFiles(linked.files) : given(linked.text));
  const settings = { ...defaults, ...linked.settings };
  return again.kind === input.kind && fragmentOf(again, settings, linkable) === fragment;
}

function fieldsOf(
  { kind }: Input,
  settings: Settings,
  { nonce }: Linkable,
): (keyof typeof names)[] {
  const given = (fields: readonly (keyof typeof names)[]) =>
    fields.filter((name) => settings[name].trim() !== '');
  if (kind === 'log')
    return ['verifierKey', ...given(['maxAge', 'erased', 'retention', 'revokedFrom'])];
  if (kind === 'proof') return ['verifierKey', ...given(['revokedFrom'])];
  const { network } = settings;
  return [
    'network',
    ...(network === 'other' ? (['slotsPerKesPeriod', 'maxKesEvolutions'] as const) : []),
    ...(nonce === true ? (['epochNonce'] as const) : []),
  ];
}

/** The files by which the input is recognised again. */
function filesOf(input: Input, { entry }: Settings): GivenFile[] {
  switch (input.kind) {
    case 'cbor':
      return [{ name: 'cbor', bytes: input.bytes }];
    case 'envelopes':
      return input.texts.map((text, at) => ({ name: `file${at}`, bytes: encoded(text) }));
    case 'proof':
      return [
        { name: 'proof', bytes: encoded(input.proof) },
        { name: 'entry', bytes: input.entry ?? encoded(entry) },
      ];
    case 'log': {
      const last = input.files.length - 1;
      return [
        ...input.files.map((bytes, at) => ({
          name: at === last ? 'log' : `log.${last - at}`,
          bytes,
        })),
        { name: 'log.seals', bytes: input.seals },
        ...(input.hashes ? [{ name: 'log.hashes', bytes: input.hashes }] : []),
        ...(input.checkpoints ?? []).flatMap(({ note, chain }, at) => [
          { name: `checkpoint${at}`, bytes: encoded(note) },
          ...(chain === undefined
            ? []
            : [{ name: `checkpoint${at}.chain`, bytes: encoded(chain) }]),
        ]),
      ];
    }
  }
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf({ kind }: Input, bytes: Uint8Array): string {
  return kind === 'cbor' ? digitsOf(bytes) : new TextDecoder().decode(bytes);
}

/** Whether entries contain what may be a key: as a whole, as a line or as a word. */
async function isSuspicious(input: Input, { entry }: Settings): Promise<boolean> {
  if (input.kind !== 'log' && input.kind !== 'proof') return false;
  if (input.kind === 'log' && !areSeals(input.seals)) return true;
  const entries = input.kind === 'log' ? input.files : [input.entry ?? encoded(entry)];
  for (const bytes of entries) {
    if (await mayContainKey(new TextDecoder().decode(bytes))) return true;
  }
  return false;
}

/** The name of a line behind a link to a verdict. */
const LINE = /[#&]line=(\d{1,15}(?:\.\d{1,15})?)$/;

/** The name of the line that a fragment leads to; empty without one. */
export function lineOfLink(fragment: string): string {
  return LINE.exec(fragment)?.[1] ?? '';
}

/** A fragment without its line. */
export function withoutLine(fragment: string): string {
  return fragment.replace(LINE, '');
}

/** The link to a line of the log of a link. */
export function linkToLine(fragment: string, name: string): string {
  return `${fragment === '' ? '#' : `${fragment}&`}line=${name}`;
}

/** The input of a fragment; `undefined` when it has none. A part that is not read could contain a key: it is damage. */
export function inputOfLink(fragment: string): Linked | 'damaged' | undefined {
  const parts = new URLSearchParams(withoutLine(fragment).replace(/^#/, ''));
  const text = parts.get('check') ?? '';
  const all = parts.getAll('file');
  if (!parts.has('check') && all.length === 0) return undefined;
  const files = all.flatMap((each) => {
    const [, name, content = ''] = FILE.exec(each) ?? [];
    const bytes = bytesOfBase64(content);
    return name === undefined || bytes === undefined ? [] : [{ name, bytes }];
  });
  if (all.length > 0 && (files.length < all.length || !parts.has(END))) return 'damaged';
  const network = networks.find((each) => each === (parts.get(names.network) ?? 'mainnet'));
  if (network === undefined || !isOfParts(parts)) return 'damaged';
  const settings: Partial<Settings> = { epochNonce: '', isKeyOfLink: parts.has('key') };
  for (const [field, name] of Object.entries(names)) {
    const value = parts.get(name);
    if (value !== null) Object.assign(settings, { [field]: value });
  }
  return { text, files, settings: { ...settings, network } };
}

/** Whether a fragment has the parts of a link, and no others. */
function isOfParts(parts: URLSearchParams): boolean {
  const known: string[] = ['check', END, ...Object.values(names)];
  const found = [...parts.keys()].filter((name) => name !== 'file');
  return (
    found.every((name, at) => known.includes(name) && found.indexOf(name) === at) &&
    parts.has('check') !== parts.has('file') &&
    (parts.get(END) ?? '') === ''
  );
}

/** Whether a fragment of another form may contain a signing key; files of a damaged link are not looked at. */
export async function suspiciousFragment(
  fragment: string,
): Promise<'secret' | 'unclear' | undefined> {
  // In base64 the plus is no space.
  const parts = new URLSearchParams(fragment.replace(/^#/, '').replaceAll('+', '%2B'));
  for (const each of [...parts].filter(([name]) => name !== 'file').flat()) {
    const { kind } = await given(each);
    if (kind === 'secret' || kind === 'unclear') return kind;
  }
  return undefined;
}
