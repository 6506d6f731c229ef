// Cosignatures from witnesses that answer right, and in every other way, and proofs against those of the text.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalText } from '@evolock/test-support/external';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosign } from '../../src/cosigning/cosign.js';
import { grow } from '../../src/cosigning/consistency.js';
import { Frontier, leafHash } from '../../src/format/tree.js';
import { sha256 } from '../../src/native.js';
import { readPolicyFile, type PolicyFile } from '../../src/witness/policy-file.js';
import { newPlace, placeIn } from '../support/engines.js';
import { mlDsaLine, NotesKey, textOf, witnessOf } from '../support/witnesses.js';
import { isConsistent, WitnessServer, type Misbehaviour } from '../support/witness-server.js';

const origin = 'example.com/cosigned';
const log = new NotesKey(origin, 1, 40);
const leaves = Array.from({ length: 300 }, (_, at) => leafHash(sha256, Buffer.from(`entry ${at}`)));
const others = leaves.map((_, at) => leafHash(sha256, Buffer.from(`other ${at}`)));
const LATEST = 1_798_762_000;

function treeOf(hashes: readonly Uint8Array[]): Frontier {
  const tree = new Frontier(sha256);
  for (const leaf of hashes) tree.append(leaf);
  return tree;
}

/** A checkpoint of the first entries, with the line of the note key. */
function noteOf(size: number, hashes = leaves): string {
  const root = Buffer.from(treeOf(hashes.slice(0, size)).root()).toString('base64');
  const text = `${origin}\n${size}\n${root}\n`;
  return `${text}\n${log.line(text)}`;
}

/** The text of the checkpoint that each misbehaviour is tried with. */
const TEXT = textOf(noteOf(4));

const newWitness = (seed = 1) => new WitnessServer(witnessOf(seed), log).listen();

function policyOf(witnesses: readonly WitnessServer[], quantity: number | string = 'all') {
  const lines = witnesses.map(({ key, url }, at) => `witness w${at} ${key.verifierKey} ${url}/\n`);
  const names = witnesses.map((_, at) => `w${at}`).join(' ');
  const text = `${lines.join('')}group g ${quantity} ${names}\nquorum g\n`;
  return readPolicyFile(Buffer.from(text)) as PolicyFile;
}

function runner(policy: PolicyFile, { folder } = newPlace(), request = 500) {
  return {
    folder,
    run: (size: number, hashes = leaves, sizeNow = size) =>
      cosign({
        sizeNow: () => sizeNow,
        note: noteOf(size, hashes),
        policy,
        folder,
        hashes: (from) => hashes.slice(from, size),
        latest: LATEST,
        limits: { request, all: 4 * request },
      }),
  };
}

test('every proof is the one that a verifier of RFC 9162 takes', () => {
  fc.assert(
    fc.property(fc.nat(299), fc.nat(299), (one, other) => {
      const [old, size] = [Math.min(one, other), Math.max(one, other) + 1];
      const before = treeOf(leaves.slice(0, old));
      const { tree, proof } = grow(sha256, before, leaves.slice(old, size), size);
      expect(tree.root()).toEqual(treeOf(leaves.slice(0, size)).root());
      expect(before.size).toBe(old);
      if (old === 0) expect(proof).toEqual([]);
      else expect(isConsistent(old, size, before.root(), tree.root(), proof)).toBe(true);
    }),
  );
});

test('witnesses cosign from their last size on, and again the same tree', async () => {
  await using one = await newWitness(1);
  await using two = await newWitness(2);
  const { run } = runner(policyOf([one, two]));
  for (const size of [0, 3, 8, 8, 250]) {
    const { isMet, witnessed, asked } = await run(size);
    expect(asked.map(({ outcome }) => outcome)).toEqual(['cosigned', 'cosigned']);
    expect({ isMet, names: witnessed?.names }).toEqual({ isMet: true, names: ['w0', 'w1'] });
    expect(witnessed?.size).toBe(size);
  }
  // Each run asked once: the sizes were known.
  expect(one.requests).toHaveLength(5);
  // Our line and nothing gathered goes to a witness.
  expect(one.requests.at(-1)?.match(/^— /gm)).toHaveLength(1);
});

test.each(['an answer that was lost', 'the loss of its record'])(
  'after %s the size that the witness names is followed once',
  async (how) => {
    await using witness = await newWitness();
    const place = newPlace();
    const { run } = runner(policyOf([witness]), place);
    await run(5);
    if (how === 'an answer that was lost') {
      witness.misbehave = (response) => response.destroy();
      expect(await run(9)).toMatchObject({ isMet: false, asked: [{ outcome: 'failed' }] });
      witness.misbehave = undefined;
      expect(witness.size).toBe(9);
      expect((await run(12)).isMet).toBe(true);
    } else {
      const fresh = runner(policyOf([witness]));
      expect((await fresh.run(12)).isMet).toBe(true);
    }
  },
);

const answer =
  (change: (right: string) => string): Misbehaviour =>
  (response, { status, body }) =>
    response.writeHead(status).end(change(body));
const status =
  (code: number, body = ''): Misbehaviour =>
  (response) =>
    response.writeHead(code, code < 400 ? { Location: '/elsewhere' } : {}).end(body);

let anySize = 0;

test.each<readonly [string, Misbehaviour]>([
  ...[301, 307, 400, 403, 404, 429, 500, 503].map((code) => [String(code), status(code)] as const),
  ['409 for ever', (response) => void response.writeHead(409).end(`${(anySize++ % 3) + 1}\n`)],
  ['409 without a size', status(409, 'no size\n')],
  ['an empty answer', answer(() => '')],
  ['no line of its key', answer(() => witnessOf(9).line(TEXT, 5))],
  ['a cosignature of another text', answer(() => witnessOf(1).line('other\n', LATEST - 1))],
  ['a time of 0', answer(() => witnessOf(1).line(TEXT, 0))],
  ['a time far ahead', answer(() => witnessOf(1).line(TEXT, LATEST + 1))],
  ['a line that is cut', answer((right) => right.slice(0, -10))],
  ['megabytes', answer((right) => right + 'x'.repeat(1 << 22))],
  [
    'a connection that is cut',
    (response) =>
      void response.writeHead(200, { 'Content-Length': 300 }).write('—', () => response.destroy()),
  ],
  ['no answer', () => undefined],
  ['an answer that never ends', (response) => void response.writeHead(200).write('— ')],
])('%s of one witness loses nothing of the others', async (what, misbehave) => {
  await using good = await newWitness(2);
  await using bad = await newWitness(1);
  const { run, folder } = runner(policyOf([bad, good], 'any'));
  bad.misbehave = misbehave;
  const cosigned = await run(4);
  expect(cosigned).toMatchObject({
    isMet: true,
    witnessed: { names: ['w1'] },
    asked: [{ outcome: 'failed' }, { outcome: 'cosigned' }],
  });
  expect(readdirSync(folder).filter((name) => name.startsWith('witness-'))).toHaveLength(1);
  // A size that it names is followed once, and a redirect never.
  expect(bad.requests).toHaveLength(what === '409 for ever' ? 2 : 1);
});

test.each<readonly [string, Misbehaviour]>([
  ['the same line twice', answer((right) => right + right)],
  ['no last newline', answer((right) => right.trimEnd())],
  [
    'lines of unknown keys',
    answer((right) => witnessOf(7).line('x\n', 4) + mlDsaLine('a/b').line + right),
  ],
  ['text that is no line', answer((right) => `\n\0\n— \n${right}`)],
  // The last bits of base64 before one `=` are not part of a byte.
  [
    'base64 that is not canonical',
    answer((right) =>
      right.replace(/.(=?)=\n$/, (last) => (last.startsWith('A') ? `B${last.slice(1)}` : last)),
    ),
  ],
])('%s: the line counts, once and in canonical base64', async (_, misbehave) => {
  await using witness = await newWitness();
  const { run } = runner(policyOf([witness]));
  witness.misbehave = misbehave;
  const { isMet, note } = await run(4);
  expect(isMet).toBe(true);
  expect(note).toBe(noteOf(4) + witness.key.line(TEXT, witness.time));
});

/** Milliseconds that no answer takes, however busy the machine is. */
const LONG = 60_000;

/** Witnesses of one address, which answers with the lines of all of them. */
async function crowdOf(
  witnesses: readonly { readonly line: string; readonly verifierKey: string }[],
) {
  const server = await newWitness();
  const lines = witnesses.map(({ line }) => line).join('');
  server.misbehave = (response) => response.writeHead(200).end(lines);
  const policy = witnesses.map(
    ({ verifierKey }) => `witness ${verifierKey.split('.', 1)[0]} ${verifierKey} ${server.url}\n`,
  );
  return { server, policy: policy.join('') };
}

test('a note has at most 100 lines, and what has no room is named', async () => {
  const keys = Array.from({ length: 120 }, (_, at) => new NotesKey(`w${at}.example`, 4, at));
  const witnesses = keys.map((key) => ({
    line: key.line(TEXT, LATEST),
    verifierKey: key.verifierKey,
  }));
  const { server, policy } = await crowdOf(witnesses);
  await using _ = server;
  const file = readPolicyFile(Buffer.from(`${policy}quorum none\n`)) as PolicyFile;
  const { run } = runner(file, newPlace(), LONG);
  const { note, dropped, asked } = await run(4);
  expect(asked.filter(({ outcome }) => outcome === 'cosigned')).toHaveLength(120);
  expect(note.match(/^— /gm)).toHaveLength(100);
  expect(dropped).toEqual(Array.from({ length: 21 }, (_, at) => `w${99 + at}`));
});

test('a note has at most 65,536 bytes, and lines by ML-DSA-44 are kept and not judged', async () => {
  const keys = Array.from({ length: 24 }, (_, at) => mlDsaLine(`w${10 + at}.example`, at));
  // An answer of all of them would be too long.
  const one = await crowdOf(keys.slice(0, 12));
  const other = await crowdOf(keys.slice(12));
  await using _ = one.server;
  await using __ = other.server;
  const policy = `${one.policy}${other.policy}quorum w10\n`;
  const { run } = runner(readPolicyFile(Buffer.from(policy)) as PolicyFile, newPlace(), LONG);
  const { note, dropped, notJudged, isMet } = await run(4);
  const [line] = keys.map((key) => Buffer.byteLength(key.line));
  const count = Math.floor((65_536 - Buffer.byteLength(noteOf(4))) / line!);
  const names = Array.from({ length: 24 }, (_, at) => `w${10 + at}`);
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(65_536);
  expect(note).toBe(
    `${noteOf(4)}${keys
      .slice(0, count)
      .map((key) => key.line)
      .join('')}`,
  );
  expect({ dropped, notJudged, isMet }).toEqual({
    dropped: names.slice(count),
    notJudged: names.slice(0, count),
    isMet: false,
  });
});

test('what a witness that is down cosigned before of the same tree is still there', async () => {
  await using witness = await newWitness();
  const { run } = runner(policyOf([witness]));
  const { note } = await run(4);
  witness.misbehave = status(500);
  expect(await run(4)).toMatchObject({ note, isMet: true, asked: [{ outcome: 'failed' }] });
  expect(await run(5)).toMatchObject({ isMet: false });
});

test.each<readonly [string, number, readonly Uint8Array[]]>([
  ['another entry', 9, [...leaves.slice(0, 2), ...others.slice(2)]],
  ['a log of the same size', 6, others],
  ['a log that was cut', 4, leaves],
])('%s is said with both roots, and leaves the evidence', async (_, size, hashes) => {
  await using witness = await newWitness();
  const { run } = runner(policyOf([witness]));
  await run(6);
  const { isMet, asked } = await run(size, [...hashes]);
  expect({ isMet, outcome: asked[0]?.outcome }).toEqual({
    isMet: false,
    outcome: 'another-history',
  });
  const { evidence = '', message = '' } = asked[0]!;
  const [, , itsRoot = ''] = noteOf(6).split('\n');
  const [, , ourRoot = ''] = noteOf(size, [...hashes]).split('\n');
  expect(message).toContain(itsRoot);
  expect(message).toContain(ourRoot);
  expect(JSON.parse(readFileSync(evidence, 'utf8'))).toMatchObject({ itsSize: 6, itsRoot });
  // The answer is no reason to forget what the witness cosigned.
  expect((await run(7)).isMet).toBe(true);
});

test('a witness that another run was at in the meantime saw no other history', async () => {
  await using witness = await newWitness();
  const { run } = runner(policyOf([witness]));
  await run(6);
  expect((await run(4, leaves, 6)).asked).toMatchObject([{ outcome: 'failed' }]);
  expect((await run(4, leaves, 5)).asked).toMatchObject([{ outcome: 'another-history' }]);
});

test('no alarm and no cosignature is lost when the folder of the records cannot be written', async () => {
  await using witness = await newWitness();
  const { folder } = newPlace();
  const { run } = runner(policyOf([witness]), placeIn(join(folder, 'missing')));
  const { isMet, asked } = await run(6);
  expect({ isMet, asked }).toMatchObject({
    isMet: true,
    asked: [{ outcome: 'cosigned', message: expect.stringContaining('is not kept') as string }],
  });
  const [alarm] = (await run(6, others)).asked;
  expect(alarm).toMatchObject({
    outcome: 'another-history',
    evidence: undefined,
    message: expect.stringMatching(/another history.*the evidence could not be kept/) as string,
  });
});

test('409 without a size is another history too, and so is a witness that the note key of a thief led', async () => {
  await using witness = await newWitness();
  const { run } = runner(policyOf([witness]));
  witness.misbehave = status(409);
  expect((await run(4)).asked).toMatchObject([{ outcome: 'another-history' }]);
  await using led = await newWitness();
  await runner(policyOf([led])).run(5, others);
  expect((await runner(policyOf([led])).run(7)).asked).toMatchObject([
    { outcome: 'another-history' },
  ]);
});

test('a record that is damaged is made anew, and hashes that are missing are said', async () => {
  await using witness = await newWitness();
  const place = newPlace();
  const { run, folder } = runner(policyOf([witness]), place);
  await run(4);
  const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('witness-'));
  const kept = readFileSync(join(folder, name), 'utf8');
  expect(JSON.parse(kept)).toMatchObject({ size: 4 });
  for (const damaged of [
    '',
    '{}',
    kept.replace('4', '3'),
    kept.replace(/"[A-Za-z0-9+/]{43}="/, '"AA=="'),
  ]) {
    writeFileSync(join(folder, name), damaged);
    expect((await run(5)).isMet).toBe(true);
  }
  const missing = await run(9, leaves.slice(0, 8));
  expect(missing.asked[0]?.message).toMatch(/hashes/);
});

const examples = externalText('c2sp/witness-examples.txt');

if (examples.available)
  test('the proof of the example of a request is made', () => {
    const all = Array.from({ length: 8 }, (_, at) =>
      leafHash(sha256, Buffer.from(`entry ${at} a`)),
    );
    const { proof } = grow(sha256, treeOf(all.slice(0, 5)), all.slice(5), 8);
    const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
    expect(examples.data).toContain(`\nold 5\n${lines}\nlog.example/test\n8\n`);
  });
else test.skipIf(true)(examples.reason, () => undefined);
