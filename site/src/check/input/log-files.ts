/** The files of a sealed log and of a proof: which of those that were given is which. */
import { parsedJson } from './json.js';
import { suspicionOf, type Suspicion } from './secret.js';

/** A file that a visitor gave. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A sealed log. */
export interface SealedLog {
  readonly kind: 'log';
  /** The files of entries, oldest first. */
  readonly files: readonly Uint8Array[];
  readonly seals: Uint8Array;
  readonly hashes?: Uint8Array | undefined;
  /** Those that were kept elsewhere. */
  readonly checkpoints?:
    readonly { readonly note: string; readonly chain?: string | undefined }[] | undefined;
  /** Sentences on files that were given with them and are not used. */
  readonly notUsed?: readonly string[] | undefined;
}

/** A proof of one entry of a sealed log. */
export interface EntryProof {
  readonly kind: 'proof';
  readonly proof: string;
  /** The entry as a file; else it is in its field. */
  readonly entry?: Uint8Array | undefined;
}

/** The form of a verifier key. */
const VERIFIER_KEY = /^[!-*,-~]{1,255}\+[0-9a-f]{8}\+[0-9a-z+/]{76}$/i;

/** Whether a text is the line by which a sealed log is verified. */
export function isVerifierKey(text: string): boolean {
  return VERIFIER_KEY.test(text.trim());
}

/** How a line of seals begins: number, time, flags, size, root. */
export const SEAL = /^\d+ \d+ [0-7] \d+ [0-9a-z+/]{43}= /i;

/** How a checkpoint begins: name, size, root, and after an empty line the signatures. */
export const CHECKPOINT = /^[!-*,-~]{1,255}\n\d+\n[0-9a-z+/]{43}=\n(?:.+\n)*\n— /i;

/** How a proof of one entry begins. */
export const PROOF = 'c2sp.org/tlog-proof@v1';

/** What a file can be of a sealed log. */
const roleNames = {
  seals: 'seals',
  hashes: 'hashes',
  chain: 'chain of a checkpoint',
  checkpoint: 'checkpoint',
  proof: 'proof',
  verifierKey: 'verifier key, not used',
  entries: 'log',
  unused: 'not used',
};
type Role = keyof typeof roleNames;
const roles = Object.entries(roleNames) as [Role, string][];

/** The files of a sealed log, by what they are. */
export interface LogFiles extends Readonly<Record<Role, readonly GivenFile[]>> {
  /** The name of the log; `undefined` when neither its seals nor the files tell it. */
  readonly log: string | undefined;
}

/** Tells the files apart. The entries are in order, and only of files whose names are those of the log. */
export function logFiles(files: readonly GivenFile[]): LogFiles {
  const having = (role: Role) => files.filter((file) => roleOf(file) === role);
  const all = having('entries');
  const seals = having('seals');
  const names = all.map(({ name }) => name);
  const [ofSeals] = /^.*(?=\.seals$)/s.exec(seals[0]?.name ?? '') ?? [];
  const log = ofSeals ?? names.find((each) => names.every((name) => isPartOf(each, name)));
  const isUsed = ({ name }: GivenFile) =>
    seals.length === 0 || (log !== undefined && isPartOf(log, name) && !isTwice(files, name));
  return {
    log,
    seals,
    entries: inOrder(all.filter(isUsed)),
    unused: all.filter((file) => !isUsed(file)),
    hashes: having('hashes'),
    chain: having('chain'),
    checkpoint: having('checkpoint'),
    proof: having('proof'),
    verifierKey: having('verifierKey'),
  };
}

/** Whether a name is that of the log, or has a number or a date after it or before its ending, as rotated files have. */
function isPartOf(log: string, name: string): boolean {
  const unpacked = name.replace(PACKED, '');
  return [log.length, log.lastIndexOf('.')].some((at) => {
    const start = log.slice(0, at);
    const end = log.slice(at);
    const isLike = unpacked.startsWith(start) && unpacked.endsWith(end);
    const between = unpacked.slice(start.length, unpacked.length - end.length);
    return unpacked === log || (at > 0 && isLike && /^[-._]?\d[-.\d:TZ_+]*$/.test(between));
  });
}

/** Whether a file that gzip compressed is given unpacked too. */
export function isTwice(files: readonly GivenFile[], name: string): boolean {
  return name.endsWith('.gz') && files.some((other) => `${other.name}.gz` === name);
}

/** Names of compressed files. */
export const PACKED = /\.(?:gz|bz2|xz|zst)$/;

/** Names of the files beside a chunk. */
export const INDEX = /\.(?:primary|secondary)$/;

/** What each file is taken for, in words; empty when nothing tells it. */
export function rolesInWords(files: readonly GivenFile[]): string[] {
  const found = logFiles(files);
  const { entries, unused, proof } = found;
  const isLog = entries.length + unused.length < files.length;
  return files.map((file) => {
    if (INDEX.test(file.name)) return 'index, not used';
    if (!isLog) return '';
    const at = entries.indexOf(file);
    if (at >= 0 && proof.length > 0) return 'entry';
    if (at >= 0 && entries.length > 1) return `log, part ${at + 1} of ${entries.length}`;
    return roles.find(([role]) => found[role].includes(file))?.[1] ?? '';
  });
}

/** By its name, where the form can be that of another file, or by how it begins. */
function roleOf({ name, bytes }: GivenFile): Role {
  const [ending] = /(?<=\.)(?:seals|hashes|chain)$/.exec(name) ?? [];
  if (ending !== undefined) return ending as Role;
  const start = decoded(bytes.subarray(0, 1_000));
  if (SEAL.test(start)) return 'seals';
  if (CHECKPOINT.test(start)) return 'checkpoint';
  if (start.startsWith(PROOF)) return 'proof';
  return isVerifierKey(start) ? 'verifierKey' : 'entries';
}

/** Whether a file may be a signing key. One of the form of its role is public. A log is text of many lines; other files pass the test for signing keys. */
export function suspicionOfPart(file: GivenFile): Suspicion | undefined {
  const { bytes } = file;
  const role = roleOf(file);
  if (role === 'checkpoint' || role === 'verifierKey' || role === 'proof') return undefined;
  if (role === 'entries') return isLines(bytes) ? undefined : suspicionOf(bytes);
  // Hashes have 32 bytes each: as many as a key is no sign of one.
  if (role === 'hashes') return suspicionOf(bytes.byteLength % 32 === 0 ? decoded(bytes) : bytes);
  return areSeals(bytes) ? undefined : suspicionOf(bytes);
}

/** Whether all lines begin like seals. */
export function areSeals(bytes: Uint8Array): boolean {
  return decoded(bytes)
    .split('\n')
    .every((line) => line === '' || SEAL.test(line));
}

/** Whether bytes are lines of text, and neither JSON nor PEM as a whole. */
export function isLines(bytes: Uint8Array): boolean {
  const text = decoded(bytes.subarray(0, 65_536)).trim();
  return text.includes('\n') && !text.startsWith('-----BEGIN') && parsedJson(text) === undefined;
}

/** Bytes as text. */
export function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Proofs and checkpoints end with a newline, which a copy may have lost. */
export function noteOf(text: string): string {
  return `${text.trim()}\n`;
}

/** Oldest first: `log.2`, `log.1`, `log`; `log-2026-01`, `log-2026-02`, `log`; `00000.chunk`, `00001.chunk`. */
export function inOrder(files: readonly GivenFile[]): GivenFile[] {
  const numberOf = (name: string) => Number(/\.(\d{1,6})(?:\.gz)?$/.exec(name)?.[1] ?? 0);
  const isBase = (name: string) => files.every((other) => other.name.startsWith(name));
  return [...files].sort(
    ({ name: one }, { name: other }) =>
      Number(isBase(one)) - Number(isBase(other)) ||
      numberOf(other) - numberOf(one) ||
      (one < other ? -1 : 1),
  );
}
