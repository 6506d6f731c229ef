/** Headers: the signing keys of the consensus suite, the progress of long work, and what is not read of a large block. */
import { readFileSync, writeFileSync } from 'node:fs';
import { wrongly } from '@evolock/test-support';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { Progress } from '@evolock/command-line/progress';
import { named } from '../support/external.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson, type Json } from '../support/kes.js';
import { writeChunks } from '../support/own-header.js';

const consensus = externalVectors('consensus-header-cases.json');

describe('the signing keys of the consensus suite', () => {
  test.skipIf(!consensus.available)(
    named('sign the same bytes again, each at its evolution', consensus),
    async () => {
      const cases = ((consensus.available ? consensus.data : []) as Json[]).filter(
        ({ kesOk, kesSignKeyHex, evolution }) => kesOk && kesSignKeyHex && evolution < 64,
      );
      let signed = 0;
      for (const { headerHex, kesSignKeyHex, evolution } of cases) {
        const skey = inFolder('kes.skey');
        const cborHex = `590260${kesSignKeyHex as string}`;
        const type = 'KesSigningKey_ed25519_kes_2^6';
        writeFileSync(skey, JSON.stringify({ type, description: '', cborHex }), { mode: 0o600 });
        // A header is the head of an array of two, the body, the head of a string of 448 bytes, and the signature.
        const header = Buffer.from(headerHex as string, 'hex');
        const input = header.subarray(1, -451);
        const args = ['sign', '--skey', skey, '--period', String(evolution), '-'];
        if (signed === 0)
          expect(await kes(args, { input })).toMatchObject({
            code: 2,
            stdout: '',
            stderr: expect.stringContaining('--block-header') as string,
          });
        const { code, json } = await kesJson([...args, '--block-header'], { input });
        expect(code).toBe(0);
        // Some cases have another key than their header names.
        if (!(headerHex as string).includes(json.kesVerificationKey as string)) continue;
        expect(json.kesSignature).toBe(header.subarray(-448).toString('hex'));
        signed += 1;
      }
      expect(signed).toBeGreaterThan(0);
    },
  );
});

test('a chunk is read without the bodies of its blocks when there is an index', async () => {
  writeChunks(inFolder('immutable'), '7:1200,1210');
  const path = inFolder('immutable', '00007.chunk');
  // The end of the body of the last block: CBOR does not allow this byte.
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x1c, bytes.length - 60));
  const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
  const { code } = await kes(['header', 'verify', ...numbers, inFolder('immutable')]);
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

  test('is one line on a terminal with the rate, which is removed at the end', () => {
    expect(shown(true)).toBe(
      '\r\u001b[2K200 headers, 50/s …\r\u001b[2K400 headers, 50/s …\r\u001b[2K',
    );
  });

  test('includes a bar and the time left when the total is known', () => {
    expect(shown(true, 5_000)).toBe(
      '\r\u001b[2K████████░░░░░░░░░░░░ 40 %, 200 headers, 50/s, 6 s left' +
        '\r\u001b[2K████████████████░░░░ 80 %, 400 headers, 50/s, 2 s left\r\u001b[2K',
    );
    expect(shown(true, 5_000_000)).toContain('50/s, 3 h left');
  });

  test('is not shown without a terminal', () => {
    expect(shown(false)).toBe('');
  });
});
