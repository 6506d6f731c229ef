// Each public function with options refuses a name that is none of theirs, before it does anything.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { mainnet, verifyHeader } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/direct-serialise';
import { KeyFile } from '@evolock/direct-serialise-io';
import { Agent, ControlClient } from '@evolock/kes-agent';
import { BytesPool } from '@evolock/verify-threads';
import { KesVerifyPool } from '@evolock/verify-threads/signatures';
import { Sealer } from '@evolock/sealed-log';
import { verifySealedLog } from '@evolock/sealed-log/verify';
import { wrongly } from '@evolock/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folder } from '../src/arguments/files-and-sockets.js';
import { sum2Kes } from '../src/arguments/world.js';
import { Call, settled } from '../src/calls/call.js';
import { prepare, run } from '../src/calls/judge.js';
import { startSharedAgent } from '../src/table/kes-agent.js';
import { forgotten, withoutRow } from '../src/table/options.js';
import { everyCallable, table, type Entry } from '../src/table/table.js';

const NAME = 'allocatorr';

beforeAll(async () => {
  mkdirSync(folder);
  await startSharedAgent();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Expects that a call is refused for the name, also when its value is absent. */
async function expectRefusal(name: string, call: () => unknown) {
  let refusal: unknown;
  try {
    refusal = await settled(call());
  } catch (error) {
    refusal = error;
  }
  expect(refusal, name).toMatchObject({ message: expect.stringContaining(NAME) });
  if (refusal instanceof EvolockError) expect(refusal.code, name).toBe('ERR_EVOLOCK_ARGUMENT_NAME');
}

test.each<[string, () => unknown]>([
  ['checkpoint: did you mean checkpoints?', () => verifySealedLog(wrongly({ checkpoint: [] }))],
  ['nonce: did you mean epochNonce?', () => verifyHeader('80', mainnet, wrongly({ nonce: 1 }))],
  [
    'nonce: did you mean epochNonce?',
    () => nativeHeaders.verifyHeader('80', mainnet, wrongly({ nonce: 1 })),
  ],
  [
    'Create: did you mean create?',
    () => KeyFile.open(`${folder}/key`, sum2Kes, wrongly({ Create: () => undefined })),
  ],
  [
    'limits.client: did you mean clients?',
    () => {
      const home = `${folder}/agent`;
      const sockets = { service: `${home}/service`, control: `${home}/control` };
      const pool = { coldVerificationKey: new Uint8Array(32), parameters: mainnet };
      return Agent.start(wrongly({ ...pool, ...sockets, limits: { client: 1 } }));
    },
  ],
  [
    'retry.atempts: did you mean attempts?',
    () => new ControlClient('none', wrongly({ retry: { atempts: 1 } })),
  ],
  [
    'checkpoints[1].chian: did you mean chain?',
    () => {
      const checkpoints = [{ note: '' }, { note: '', chian: '' }];
      return verifySealedLog(wrongly({ verifierKey: '', checkpoints }));
    },
  ],
])('%s', async (message, call) => {
  await expect((async () => call())()).rejects.toThrow(
    expect.objectContaining({ message, code: 'ERR_EVOLOCK_ARGUMENT_NAME' }),
  );
});

test('the rows say which parameters are options', () => {
  expect(forgotten).toEqual([]);
});

const withOptions = [...table].filter(([, { args }]) => args.some((kind) => kind.isOptions));

test.each(withOptions)('%s refuses an unknown option', async (name, entry: Entry) => {
  const call = new Call();
  const position = entry.args.findIndex((kind) => kind.isOptions);
  try {
    const { receiver, args } = await prepare(call, entry, new Map());
    const options = args[position] as object;
    args[position] = { ...options, [NAME]: undefined };
    await expectRefusal(name, () => run(entry, receiver, args));
  } finally {
    await call.end();
  }
});

test.each(Object.entries(withoutRow))('%s refuses an unknown option', async (name, before) => {
  const callable = everyCallable.get(name)!;
  const module = `${folder}/batch.mjs`;
  writeFileSync(module, 'export default ({ count }) => Array(count).fill(true);');
  await using pool = await KesVerifyPool.start({ threads: 1 });
  await using bytesPool = await BytesPool.start(pathToFileURL(module), { threads: 1 });
  const receivers: Record<string, unknown> = {
    'KesVerifyPool#verifyMany': pool,
    'BytesPool#judgeMany': bytesPool,
    'Sealer#close': Object.create(Sealer.prototype) as unknown,
  };
  await expectRefusal(name, () => run({ callable }, receivers[name], [...before, { [NAME]: 1 }]));
});
