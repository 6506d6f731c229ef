/** The file of a policy: C2SP tlog-policy. */
import { readNamedKey, type NamedKey } from '../format/key.js';
import { KeyType, MATERIAL_SIZES } from './cosignature.js';

/** The most bytes of a file. */
const MOST_BYTES = 1 << 20;

/** A witness of a policy. */
export interface PolicyWitness {
  /** Its name in the policy: octets, as characters. */
  readonly name: string;
  readonly key: NamedKey;
  readonly url: string | undefined;
}

/** A group of witnesses and of earlier groups. */
interface Group {
  readonly name: string;
  /** The number of members that have to be met. */
  readonly threshold: number;
  readonly members: readonly string[];
}

/** The content of a file. */
export interface PolicyFile {
  readonly logs: readonly NamedKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** In order: a group has earlier ones as its members. */
  readonly groups: readonly Group[];
  /** The name of a witness or a group; `undefined` for `none`. */
  readonly quorum: string | undefined;
}

/** What the lines before one say. */
interface Draft {
  readonly logs: NamedKey[];
  readonly witnesses: PolicyWitness[];
  readonly groups: Group[];
  readonly names: Set<string>;
  /** Names that are members of a group. */
  readonly taken: Set<string>;
  /** Public keys of logs and of witnesses. */
  readonly keys: Set<string>;
  quorum: string | undefined;
}

const NONE = 'none';

/** What is wrong with a line, in words; `undefined` when nothing is. */
type Fault = string | undefined;

const LINES: Readonly<Record<string, (draft: Draft, items: readonly string[]) => Fault>> = {
  log(draft, items) {
    const [text] = items;
    if (text === undefined || items.length > 2) return 'log has a verifier key and may have a URL';
    const key = keyOf(draft, 'log', text, [KeyType.ed25519, KeyType.mlDsa44]);
    if (typeof key === 'string') return key;
    draft.logs.push(key);
    return undefined;
  },
  witness(draft, items) {
    if (items.length < 2 || items.length > 3)
      return 'witness has a name and a verifier key, and may have a URL';
    const [name, text, url] = items as [string, string, string?];
    const key = keyOf(draft, 'witness', text, [KeyType.cosignature, KeyType.mlDsa44]);
    if (typeof key === 'string') return key;
    draft.witnesses.push({ name, key, url });
    return newName(draft, name);
  },
  group(draft, [name, quantity, ...members]) {
    if (name === undefined || quantity === undefined || members.length === 0)
      return 'group has a name, a number and members';
    const threshold = thresholdOf(quantity, members.length);
    if (threshold === undefined)
      return 'the number of a group is all, any, or from 1 to that of its members';
    for (const member of members) {
      if (!draft.names.has(member)) return 'a member is not named by an earlier line';
      if (draft.taken.has(member)) return 'a name is a member twice';
      draft.taken.add(member);
    }
    draft.groups.push({ name, threshold, members });
    return newName(draft, name);
  },
  quorum(draft, items) {
    const [name] = items;
    if (name === undefined || items.length > 1) return 'quorum has one name';
    if (draft.quorum !== undefined) return 'there is a quorum already';
    if (name !== NONE && !draft.names.has(name))
      return 'the quorum is not named by an earlier line';
    draft.quorum = name;
    return undefined;
  },
};

function newName({ names }: Draft, name: string): Fault {
  if (name === NONE || names.has(name)) return 'the name is in use already';
  names.add(name);
  return undefined;
}

function thresholdOf(quantity: string, members: number): number | undefined {
  if (quantity === 'all') return members;
  if (quantity === 'any') return 1;
  const threshold = /^[1-9][0-9]{0,8}$/.test(quantity) ? Number(quantity) : Infinity;
  return threshold <= members ? threshold : undefined;
}

/** The key of a line, or what is wrong with it. */
function keyOf(
  { keys }: Draft,
  kind: 'log' | 'witness',
  item: string,
  types: readonly number[],
): NamedKey | string {
  const text = utf8Of(item);
  const key = text === undefined ? undefined : readNamedKey(text);
  if (key === undefined) return 'the verifier key is not of the form, or its ID does not fit';
  const [type = 0, ...bytes] = key.material;
  if (!types.includes(type) || key.material.length !== MATERIAL_SIZES[type])
    return `the verifier key is not of a type for a ${kind}`;
  const used = `${kind} ${String(bytes)}`;
  if (keys.has(used)) return `another ${kind} has this public key`;
  keys.add(used);
  return key;
}

/** Octets, each as a character, as text. */
function utf8Of(octets: string): string | undefined {
  const bytes = Uint8Array.from(octets, (octet) => octet.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The content of a file, or what is wrong with it, in words. */
export function readPolicyFile(bytes: Uint8Array): PolicyFile | string {
  if (bytes.length > MOST_BYTES) return 'it is larger than 1 MiB';
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  const lines = text.split('\n');
  if (lines.pop() !== '') return 'its last line has no newline';
  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: [],
    names: new Set(),
    taken: new Set(),
    keys: new Set(),
    quorum: undefined,
  };
  for (const [index, line] of lines.entries()) {
    const fault = faultOfLine(draft, line);
    if (fault !== undefined) return `line ${index + 1}: ${fault}`;
  }
  const { quorum, ...file } = draft;
  if (quorum === undefined) return 'it has no quorum';
  return { ...file, quorum: quorum === NONE ? undefined : quorum };
}

function faultOfLine(draft: Draft, line: string): Fault {
  // eslint-disable-next-line no-control-regex -- octets that no line has
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) return 'it has a control character';
  const [keyword, ...items] = line.split(/[\t ]+/).filter((item) => item !== '');
  if (keyword === undefined || keyword.startsWith('#')) return undefined;
  const take = Object.hasOwn(LINES, keyword) ? LINES[keyword] : undefined;
  return take === undefined
    ? 'it begins with none of log, witness, group and quorum'
    : take(draft, items);
}
