// The worked signature of the specification is that of a log of the vectors, with every hash.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { blake2b256 } from '@evolock/kes-sum/all';
import { ed25519 } from '@evolock/kes-verify';
import { sealedLogVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { readVerifierKey } from '../src/format/key.js';

const page = new URL('../../../docs/SEALED_LOG_SPECIFICATION.md', import.meta.url);

const log = sealedLogVectors().logs.find(({ name }) => name === 'later')!;

/** Hexadecimal digits of bytes by their names, in the order of the page. */
type Values = Record<string, string>;

const hashOf = (name: string, ...parts: readonly Uint8Array[]) =>
  createHash(name).update(Buffer.concat(parts)).digest('hex');
const bytesOf = (hex: string | undefined) => Buffer.from(hex!, 'hex');
const lineOf = (name: string, value: string) => `${name.padEnd(16)} ${value}`;

/** The tree of nine entries. */
function treeOf(entries: readonly Buffer[]): Values {
  const tree: Values = {};
  for (const [at, entry] of entries.entries())
    tree[`leaf ${at}`] = hashOf('sha256', Buffer.of(0), entry);
  const node = (name: string, left: string, right: string) => {
    tree[name] = hashOf('sha256', Buffer.of(1), bytesOf(tree[left]), bytesOf(tree[right]));
  };
  for (const at of [0, 2, 4, 6]) node(`node ${at}-${at + 1}`, `leaf ${at}`, `leaf ${at + 1}`);
  node('node 0-3', 'node 0-1', 'node 2-3');
  node('node 4-7', 'node 4-5', 'node 6-7');
  node('node 0-7', 'node 0-3', 'node 4-7');
  node('root', 'node 0-7', 'leaf 8');
  return tree;
}

/** The keys of a seed of depth 2. */
function keysOf(seed: Uint8Array): Values {
  const keys: Values = { seed: Buffer.from(seed).toString('hex') };
  const joined = (...parts: readonly Uint8Array[]) =>
    Buffer.from(blake2b256(Buffer.concat(parts))).toString('hex');
  for (const half of ['', '0', '1'])
    for (const bit of [0, 1]) {
      const whole = bytesOf(keys[half === '' ? 'seed' : `seed ${half}`]);
      keys[`seed ${half}${bit}`] = joined(Buffer.of(bit + 1), whole);
    }
  for (const leaf of ['00', '01', '10', '11']) {
    const start = Buffer.from('302e020100300506032b657004220420', 'hex');
    const key = Buffer.concat([start, bytesOf(keys[`seed ${leaf}`])]);
    const signing = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const der = createPublicKey(signing).export({ format: 'der', type: 'spki' });
    keys[`key ${leaf}`] = der.subarray(-32).toString('hex');
  }
  const node = (name: string, left: string, right: string) => {
    keys[name] = joined(bytesOf(keys[left]), bytesOf(keys[right]));
  };
  node('key 0', 'key 00', 'key 01');
  node('key 1', 'key 10', 'key 11');
  node('verification key', 'key 0', 'key 1');
  return keys;
}

/** The order of the group of Ed25519. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The challenge of Ed25519, in the form of S. */
function challengeOf(r: Uint8Array, key: Uint8Array, message: Uint8Array): string {
  const digest = bytesOf(hashOf('sha512', r, key, message)).reverse();
  const reduced = BigInt(`0x${digest.toString('hex')}`) % ORDER;
  return bytesOf(reduced.toString(16).padStart(64, '0')).reverse().toString('hex');
}

/** The second seal of the log: its period is 1. */
function workedSignature(): string[] {
  const { verifierKey, origin, seals, seeds } = log;
  const line = Buffer.from(seals).toString().split('\n')[1]!;
  const [number, time, flags, size, root, signature] = line.split(' ');
  const message = `evolock-seal/v1\nnumber ${number}\ntime ${time}\nflags ${flags}\n${origin}\n${size}\n${root}\n`;
  const entries = Buffer.from(log.entries).toString('latin1').split('\n').slice(0, Number(size));
  const tree = treeOf(entries.map((entry) => Buffer.from(entry, 'latin1')));
  const keys = keysOf(seeds[0]!);
  const bytes = Buffer.from(signature!, 'base64');
  const [r, s, leaf, inner, outer, ...rest] = Array.from({ length: bytes.length / 32 }, (_, at) =>
    bytes.toString('hex', 32 * at, 32 * at + 32),
  );
  const { depth, first, verificationKey } = readVerifierKey(verifierKey)!;
  expect([depth, first, Number(number), rest]).toEqual([2, 7, 8, []]);
  expect(tree['root']).toBe(Buffer.from(root!, 'base64').toString('hex'));
  expect([leaf, inner, outer]).toEqual([keys['key 01'], keys['key 00'], keys['key 1']]);
  expect(bytesOf(keys['verification key'])).toEqual(Buffer.from(verificationKey));
  const signed = Buffer.from(message);
  expect(ed25519.verify(bytesOf(leaf), signed, bytes.subarray(0, 64))).toBe(true);
  return [
    ...Object.entries(tree).map(([name, value]) => lineOf(name, value)),
    ...Object.entries(keys).map(([name, value]) => lineOf(name, value)),
    lineOf('verifier key', verifierKey),
    lineOf('message', message.replaceAll('\n', '⏎')),
    lineOf('R', r!),
    lineOf('S', s!),
    lineOf('challenge', challengeOf(bytesOf(r), bytesOf(leaf), signed)),
    lineOf('seal line', `${number} ${time} ${flags} ${size} ${root} ${signature}`),
  ];
}

test('the specification shows a signature of the vectors', () => {
  const text = readFileSync(page, 'utf8');
  const shown = text.replace(/(?<=```text worked\n)[^]*?(?=\n```)/, workedSignature().join('\n'));
  if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] !== undefined) writeFileSync(page, shown);
  expect(text.includes('```text worked\n')).toBe(true);
  expect(readFileSync(page, 'utf8')).toBe(shown);
});

/** The codes in the JSON of a command, by its schema. */
function codesOf(command: string): string[] {
  const path = new URL(`../schemas/1/${command}.json`, import.meta.url);
  const schema = JSON.parse(readFileSync(path, 'utf8'));
  return schema.properties.reasons.items.properties.code.enum;
}

/** What is named on a line or in the first cells of a table. */
const namesIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => name!);

test('the registry has every failure and reason of the commands, and no other', () => {
  const text = readFileSync(page, 'utf8');
  const failuresIn = (row: string) =>
    namesIn(new RegExp(`^\\| ${row} +\\|.*`, 'm').exec(text)![0], /`([a-z-]+)`/g);
  const [, section] = text.split('\n### Reasons\n');
  const reasons = namesIn(section!.split('\n\n**')[0]!, /^\| `([a-z-]+)`/gm);
  // The commands refuse a wrong verifier key. The other code is about an argument.
  const known = (command: string) =>
    [...codesOf(command), 'key'].filter((code) => code !== 'erased-beyond').sort();
  expect([...failuresIn('failures'), ...reasons].sort()).toEqual(known('verify'));
  const proof = [...failuresIn('failures of a proof'), 'not-witnessed'];
  expect(proof.sort()).toEqual(known('check-proof'));
});
