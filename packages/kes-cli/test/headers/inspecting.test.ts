/** `kes header inspect`: the content of headers, which are not verified. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes, kesLines } from '../support/kes.js';
import { ownHeader, storedBlock } from '../support/own-header.js';

const inspect = ['header', 'inspect'];

describe('the content of a header', () => {
  test('is shown without a network, also of one that is not valid', async () => {
    const header = ownHeader();
    header[header.length - 1]! ^= 1;
    const { code, stdout, stderr } = await kes([...inspect, '-'], { input: header });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^standard input: header, not verified\n/);
    expect(stdout).toMatch(/slot +1200\n/);
    expect(stdout).toMatch(/certificate +number 3, from KES period 7\n/);
    expect(stdout).toMatch(/body +1000 bytes, hash\s+0303/);
  });

  test('has the names of a verdict', async () => {
    const input = storedBlock(ownHeader());
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const { lines } = await kesLines([...inspect, '-'], { input });
    const verified = await kesLines(['header', 'verify', ...numbers, '-'], { input });
    expect(lines).toMatchObject([
      { source: 'standard input', canonical: true, header: verified.lines[0].header },
    ]);
  });
});

test('of several files is counted, with what is not a header', async () => {
  writeFileSync(inFolder('header'), ownHeader());
  writeFileSync(inFolder('text'), 'text');
  const paths = ['header', 'text', 'missing'].map((name) => inFolder(name));
  const { code, lines, summary } = await kesLines([...inspect, ...paths]);
  expect(lines.map(({ result }) => result)).toEqual(['header', 'not-a-header', 'not-read']);
  expect({ code, ...summary }).toEqual({
    ...{ code: 4, exitCode: 4, headers: 1, notHeaders: 1 },
    ...{ notJudged: 0, notRead: 1, skipped: 0, byron: 0 },
  });
  const { stdout } = await kes([...inspect, inFolder('text')]);
  expect(stdout).toMatch(/^\? \S+text:1 {2}not a header: /);
});
