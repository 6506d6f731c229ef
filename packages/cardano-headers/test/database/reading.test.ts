/** How headers are found in bytes and files. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpacked } from '../../src/database/read.js';
import * as database from '../../src/database/index.js';
import { verifyDatabase, type Finding } from '../../src/database/index.js';
import { headerItems, HeaderItems, preview, type HeaderItem } from '../../src/index.js';
import { epochParametersOf } from '../../src/nonces.js';
import { native } from '../support/native.js';
import { externalVectors } from '@evolock/test-support/external';
import { dirname, join } from 'node:path';

/** A Byron block, an item that may be a header, and bytes that are none. */
const BYRON = Buffer.concat([
  Buffer.from('82018385025820', 'hex'),
  Buffer.alloc(32),
  Buffer.from('808080', 'hex'),
  Buffer.from('80', 'hex'),
  Buffer.from('80', 'hex'),
]);
const ITEM = Buffer.concat([Buffer.from('82805901f4', 'hex'), Buffer.alloc(500)]);
const STRING = Buffer.concat([Buffer.from('5901f4', 'hex'), Buffer.alloc(500)]);
const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(BYRON, ITEM, STRING) },
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);
const sequences = fc.array(pieces, { maxLength: 8 }).map((each) => Buffer.concat(each));

function inParts(bytes: Uint8Array, sizes: readonly number[]): HeaderItem[] {
  const cutter = new HeaderItems();
  const found: HeaderItem[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.byteLength]) {
    found.push(...cutter.add(bytes.slice(at, at + size)));
    at += size;
  }
  return [...found, ...cutter.end()];
}

test('a sequence has the same items at once and in parts', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 });
  fc.assert(
    fc.property(sequences, sizes, (bytes, parts) => {
      const whole = [...headerItems(bytes)];
      const placed = (items: readonly HeaderItem[]) =>
        items.map(({ kind, offset, size }) => [kind, offset, kind === 'rest' ? 0 : size]);
      expect(placed(inParts(bytes, parts))).toEqual(placed(whole));
      // The items cover the sequence, and the rest is at its end.
      const end = whole.reduce((at, { kind, offset, size }) => {
        expect(offset).toBe(at);
        return kind === 'rest' ? bytes.byteLength : at + size;
      }, 0);
      expect(end).toBe(bytes.byteLength);
    }),
    { numRuns: 400 },
  );
});

test.each([
  ['nothing', '', []],
  ['three bytes that begin like a block of Byron', '820080', ['rest']],
  ['a block of Byron', BYRON.toString('hex'), ['byron']],
  ['a small item', '80', ['rest']],
  ['an unfinished item', '82', ['rest']],
  ['bytes that are not CBOR', '1c', ['rest']],
])('%s', (_name, hex, kinds) => {
  expect([...headerItems(Buffer.from(hex, 'hex'))].map(({ kind }) => kind)).toEqual(kinds);
});

test('gzip is unpacked up to a limit, and its source is closed', async () => {
  let isClosed = false;
  async function* source() {
    try {
      yield* [gzipSync(Buffer.alloc(1_000_000))];
    } finally {
      isClosed = true;
    }
  }
  let size = 0;
  const reading = async () => {
    for await (const part of unpacked(source(), 500_000)) size += part.byteLength;
  };
  await expect(reading()).rejects.toThrow('it unpacks to more than 500000 bytes');
  expect(size).toBeLessThanOrEqual(500_000);
  expect(isClosed).toBe(true);
});

const real = externalVectors('real-headers.json');
const why = real.available ? '' : ` (${real.reason})`;

test.skipIf(!real.available)(`the chain of a node is verified in one call${why}`, async () => {
  const folder = join(dirname(real.available ? real.path : ''), 'immutable');
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => findings.push(finding);
  const chunk = await verifyDatabase(join(folder, '00000.chunk'), preview, {
    onFinding,
    epochs: epochParametersOf('preview'),
    headers: native,
  });
  expect(findings).toEqual([]);
  expect(chunk).toMatchObject({ result: 'valid', all: true, firstSlot: 0n });
  expect(chunk.counts).toMatchObject({ valid: 216, vrfChecked: 216, invalid: 0 });
});

test('/database exports what the README documents of it', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const documented = [...readme.matchAll(/`(\w+)[^`]*` of `\/database`/g)].map(([, name]) => name);
  expect(Object.keys(database)).toEqual([...new Set(documented)]);
});

test('a folder that does not exist is a finding', async () => {
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => findings.push(finding);
  const verdict = await verifyDatabase('no such folder', preview, { onFinding });
  expect(verdict).toMatchObject({ result: 'unreadable', all: false, firstSlot: undefined });
  expect(findings).toMatchObject([{ kind: 'passed', result: 'not-read' }]);
});
