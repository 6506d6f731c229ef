/** A database is judged by threads as it is in one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyDatabase, type Finding } from '@evolock/cardano-headers/database';
import { wrongly } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { chainOf, indexOf, NETWORK } from '../../../cardano-headers/test/support/chain.js';
import { nativeHeaders } from '../../src/all.js';
import { startHeaderThreads } from '../../src/threads.js';

test('threads give the findings, the counts and the pools of one, in the same order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const blocks = chainOf(['babbage', 'conway', 'leios', 'later', 'nine', 'plain']);
  const forged = Uint8Array.from(blocks[1]!);
  forged[forged.byteLength - 1]! ^= 1;
  for (const [chunk, each] of [blocks, blocks.with(1, forged)].entries()) {
    const path = join(folder, `0000${chunk}`);
    writeFileSync(`${path}.chunk`, Buffer.concat(each));
    writeFileSync(`${path}.secondary`, indexOf(each, [0, 1, 2, 3, 4, 5]));
  }
  writeFileSync(join(folder, 'other'), 'no header');
  await using threads = await startHeaderThreads({ threads: 2 });
  const verified = async (options: object) => {
    const findings: Finding[] = [];
    const onFinding = (finding: Finding) => findings.push(finding);
    const given = { now: new Date(0), bodies: true, onFinding };
    return { ...(await verifyDatabase(folder, NETWORK, { ...given, ...options })), findings };
  };
  const alone = await verified({ headers: nativeHeaders });
  expect(alone).toMatchObject({ result: 'invalid', counts: { laterEra: 4, invalid: 1 } });
  expect(await verified({ threads })).toEqual(alone);
  // They are used again, and closed by their owner.
  expect(await verified({ threads, bodies: false })).toMatchObject({ counts: { invalid: 0 } });
  await threads.close();
  await expect(verified({ threads })).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_VERIFY_POOL_CLOSED',
  });
});

test.each(['worker.js', new URL('https://example.org/worker.js')])(
  'a worker that is no file URL is refused: %s',
  async (worker) => {
    await expect(startHeaderThreads({ worker: wrongly(worker) })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'options.worker',
    });
  },
);
