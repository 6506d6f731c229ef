// The JSON of the page is that of the commands, and fits their schemas.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealedLogVectors } from '@evolock/test-vectors';
import { afterAll, expect, test } from 'vitest';
import { kes } from '../../../packages/kes-cli/test/support/kes.js';
import { sealedLog } from '../../../packages/sealed-log/test/command/sealed-log.js';
import { withChangedBit } from '../../src/check/examples.js';
import { jsonOf } from '../../src/check/reports/report.js';
import { checkable, example, reportOn } from '../support/judged.js';

const folder = mkdtempSync(join(tmpdir(), 'evolock-json-'));
afterAll(() => rmSync(folder, { recursive: true }));

const now = new Date('2026-01-01T00:00:00Z');

function fileOf(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function ofPage(content: string): Promise<unknown> {
  return JSON.parse(jsonOf(await reportOn(await checkable(content), {}, now)));
}

const header = example('mainnet-conway.hex').toString();
test.each([
  ['a valid header', header],
  ['a forged one', withChangedBit(header, 2399)],
  ['what is none', withChangedBit(header, 20)],
])('of %s', async (_name, text) => {
  const path = fileOf('header', Buffer.from(text.trim(), 'hex'));
  const { stdout } = await kes(['header', 'verify', path, '--network', 'mainnet', '--json'], {
    now,
  });
  const { source: _source, ...json } = JSON.parse(stdout.split('\n')[0]!) as { source: string };
  expect(await ofPage(text)).toEqual(json);
});

test('of several headers, each with members of its line', async () => {
  const forged = withChangedBit(header, 2399).trim();
  const bytes = Buffer.from(`${header.trim()}${forged}80`, 'hex');
  const path = fileOf('headers', bytes);
  const { stdout } = await kes(['header', 'verify', path, '--network', 'mainnet', '--json'], {
    now,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  const { headers, ...all } = JSON.parse(
    jsonOf(await reportOn(await checkable(bytes), {}, now)),
  ) as { headers: { offset: number }[] };
  expect(all).toMatchObject({
    kind: 'headers',
    result: 'invalid',
    reasons: [{ code: 'invalid' }, { code: 'not-a-header' }, { code: 'missing' }],
  });
  expect(headers).toHaveLength(3);
  for (const [index, { offset, ...line }] of headers.entries()) {
    expect(lines[index]).toMatchObject(line);
    expect(offset).toBe((bytes.byteLength - 1) * (index / 2));
  }
  const { summary } = lines.at(-1) as { summary: { valid: number } };
  expect(all).toMatchObject({ valid: summary.valid });
});

test('of a certificate', async () => {
  const text = example('certificate.json').toString();
  const path = fileOf('node.cert', text);
  const { stdout } = await kes(['inspect', path, '--network', 'mainnet', '--json'], { now });
  expect(await ofPage(text)).toEqual(JSON.parse(stdout));
});

test.each([0, 7])('of a log, of whose entries %i bytes are cut', async (cut) => {
  const { verifierKey, entries, seals } = sealedLogVectors().logs[0]!;
  const left = entries.subarray(0, entries.byteLength - cut);
  const path = fileOf('audit.log', left);
  fileOf('audit.log.seals', seals);
  const input = { kind: 'log', files: [left], seals, hashes: undefined } as const;
  const report = await reportOn({ ...input, checkpoints: [] }, { verifierKey }, now);
  const ofCommand = await sealedLog(
    ['verify', path, '--key', verifierKey, '--max-age', 'none', '--json'],
    { now },
  );
  // The page and the command name the files differently.
  const named = (text: string) => text.replaceAll(path, 'the log');
  expect(JSON.parse(jsonOf(report))).toEqual(JSON.parse(named(ofCommand.stdout)));
});
