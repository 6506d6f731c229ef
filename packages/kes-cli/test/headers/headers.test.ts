/** Headers: their bodies are not signed by mistake, the progress of long work, and what is not read of a large block. */
import { readFileSync, writeFileSync } from 'node:fs';
import { wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { Progress } from '@evolock/command-line/progress';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes } from '../support/kes.js';
import { makeKey } from '../support/files.js';
import { ownHeader, ownNetwork, writeChunks } from '../support/own-header.js';

test('the body of a header is signed only on request', async () => {
  makeKey(inFolder('kes.skey'));
  // A header is the head of an array of two, the body, the head of a string of 448 bytes, and the signature.
  const input = ownHeader().subarray(1, -451);
  const sign = ['sign', '--skey', inFolder('kes.skey'), '-'];
  const { code, stdout, stderr } = await kes(sign, { input });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--block-header');
  expect((await kes([...sign, '--block-header'], { input })).code).toBe(0);
});

test('a chunk is read without the bodies of its blocks when there is an index', async () => {
  writeChunks(inFolder('immutable'), '7:1200,1210');
  const path = inFolder('immutable', '00007.chunk');
  // The end of the body of the last block: CBOR does not allow this byte.
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x1c, bytes.length - 60));
  const { code } = await kes(['header', 'verify', ...ownNetwork(), inFolder('immutable')]);
  expect(code).toBe(0);
});

describe('the progress of long work', () => {
  /** Runs 500 headers of 10 bytes in batches of 50, one every second. */
  function shown(isTTY: boolean, total?: number): string {
    let text = '';
    let seconds = 0;
    const write = (part: string | Uint8Array) => (text += String(part));
    const now = () => new Date(1000 * seconds);
    const context = wrongly({ stderr: { isTTY, write }, stdout: {}, now });
    const progress = new Progress(context, 'headers', total);
    for (let done = 0; done < 500; done += 50) {
      seconds += 1;
      progress.read(500);
      progress.advance(50);
    }
    progress.clear();
    return text;
  }

  const line = (text: string) => `\r\u001b[2K${text}`;

  test.each([
    ['a line with the rate', undefined, '200 headers, 50/s …', '400 headers, 50/s …'],
    [
      'a line with a bar and the time left, of a known total',
      5_000,
      '████████░░░░░░░░░░░░ 40 %, 200 headers, 50/s, 6 s left',
      '████████████████░░░░ 80 %, 400 headers, 50/s, 2 s left',
    ],
  ])('is %s on a terminal, and is removed at the end', (_what, total, first, second) => {
    expect(shown(true, total)).toBe(line(first) + line(second) + line(''));
    expect(shown(true, 5_000_000)).toContain('50/s, 3 h left');
    // It is not shown without a terminal.
    expect(shown(false, total)).toBe('');
  });
});
