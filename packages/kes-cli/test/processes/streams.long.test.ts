/** `kes header verify` on streams: verdicts at once, early ends, and bounded memory. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { linesOf, type Json } from '../support/kes.js';
import { ownHeader, ownNetwork } from '../support/own-header.js';
import { kesProcess, program } from '../support/processes/process.js';

const verify = () => ['header', 'verify', ...ownNetwork()];
const HEX = Buffer.from(ownHeader()).toString('hex');

describe('a stream', () => {
  test('gives each verdict before the next header arrives', async () => {
    const child = spawn(process.execPath, [program, ...verify(), '--json', '-']);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    for (let number = 1; number <= 3; number += 1) {
      child.stdin.write(`${HEX}\n`);
      const { value } = await lines.next();
      expect(JSON.parse(value as string)).toMatchObject({
        source: `standard input:${number}`,
        result: 'valid',
      });
    }
    child.stdin.end();
    expect(JSON.parse((await lines.next()).value as string).summary).toMatchObject({ valid: 3 });
  });

  test('ends when its reader goes', async () => {
    const child = spawn(process.execPath, [program, ...verify(), '-']);
    // The input has no end. `drain` comes only after a full buffer.
    const more = () => {
      while (child.stdin.write(`${HEX}\n`.repeat(100)));
    };
    child.stdin.on('error', () => undefined).on('drain', more);
    more();
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });

  test('of any number of headers and lines needs a heap of 32 MB', async () => {
    const node = ['--max-old-space-size=32'];
    const many = inFolder('many');
    writeFileSync(many, `${HEX}\n`.repeat(3_000));
    const headers = await kesProcess([...verify(), many, '--json'], { node });
    const { summary } = linesOf(headers.stdout);
    expect({ code: headers.code, valid: summary.valid }).toEqual({ code: 0, valid: 3_000 });
    const inputs: [name: string, content: Buffer | string][] = [
      ['short lines', '80\n'.repeat(2_000_000)],
      ['lines of one digit', '8\n'.repeat(3_000_000)],
      ['lines of many lengths', '8\n88\n888\n'.repeat(600_000)],
      ['empty lines', Buffer.alloc(6_000_000, '\n')],
      ['lines of one space', ' \n'.repeat(3_000_000)],
      ['one long line', Buffer.alloc(60_000_000, '8')],
      ['one binary', Buffer.alloc(60_000_000, 0x81)],
      ['JSON', `{"cborHex":"${'00'.repeat(3_000_000)}"}`],
    ];
    for (const [name, content] of inputs) writeFileSync(inFolder(name), content);
    const names = inputs.map(([name]) => inFolder(name));
    const { code, stdout } = await kesProcess([...verify(), ...names, '--json'], { node });
    const { lines } = linesOf(stdout);
    expect(code).toBe(4);
    expect(lines.map(({ result }: Json) => result)).toEqual(inputs.map(() => 'not-a-header'));
  });
});
