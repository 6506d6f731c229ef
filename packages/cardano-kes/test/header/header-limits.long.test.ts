/** The limits on hostile input. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const BLOCK = 2_500_000;

/** Name, form, first bytes, repeated byte, size in bytes, and problem. */
const hostile = [
  ['one level in each byte', 'bytes', '', '81', BLOCK, 'truncated'],
  ['one open level in each byte', 'bytes', '', '9f', BLOCK, 'too-deep'],
  ['tags', 'bytes', '82', 'c0', BLOCK, 'truncated'],
  ['one item in each byte', 'bytes', '9f', '00', BLOCK, 'wrong-shape'],
  [
    'one item in each byte of a part',
    'bytes',
    '82068482809a00200000',
    '00',
    BLOCK,
    'trailing-bytes',
  ],
  ['maps of indefinite length', 'bytes', '8200', 'bf', BLOCK, 'too-deep'],
  ['chunks', 'bytes', '825f', '40', BLOCK, 'truncated'],
  ['one level in each byte, as digits', 'digits', '', '81', BLOCK, 'truncated'],
  ['100 MB', 'bytes', '', '81', 100_000_000, 'too-large'],
  ['100 million digits', 'digits', '', '81', 50_000_000, 'too-large'],
] as const;

/** Parses hostile input and prints the problems. */
const READER = `
  const [library, cases] = process.argv.slice(1);
  const { parseHeader } = await import(library);
  for (const [, form, prefix, repeated, size] of JSON.parse(cases)) {
    const bytes = Buffer.alloc(size, Buffer.from(repeated, 'hex'));
    bytes.set(Buffer.from(prefix, 'hex'));
    const input = form === 'digits' ? bytes.toString('hex') : bytes;
    try { parseHeader(input); } catch (error) { console.log(error.problem ?? error); }
  }
`;

test('hostile input is refused in a process with a heap of 24 MB', () => {
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const node = ['--max-old-space-size=24', '--input-type=module', '--eval', READER];
  const args = [...node, library, JSON.stringify(hostile)];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual(hostile.map(([, , , , , problem]) => problem));
  expect(status).toBe(0);
});
