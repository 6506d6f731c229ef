import { codeOf, rejectionOf, wrongly } from '@evolock/test-support';
import { sealedLogVectors } from '@evolock/test-vectors';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { native } from '../src/native.js';
import {
  proveEntry,
  verifyEntryProof,
  verifySealedLog,
  type EntryProofVerdict,
  type SealedLogFailure,
  type SealedLogOptions,
  type SealedLogReason,
  type SealedLogState,
  type SealedLogVerdict,
} from '../src/verify/index.js';
import { signedMessage, writeSealLine } from '../src/format/seal.js';
import { filesOf, makeLog, sealsOf, signAt } from './support/made-log.js';

const { logs } = sealedLogVectors();
const { verifierKey, entries, seals } = logs[0]!;
const given = { verifierKey, files: [entries], seals };
const { state: from } = await verifySealedLog(given);
const other = logs[1]!;

describe('a wrong argument is an error with a code', () => {
  test.each<[wrong: object, code: string]>([
    [{ verifierKey: 7 }, 'TYPE'],
    [{ files: undefined }, 'TYPE'],
    [{ files: 'text' }, 'TYPE'],
    // The bytes of one file, where a list of files is expected.
    [{ files: entries }, 'TYPE'],
    [{ files: [['text']] }, 'TYPE'],
    [{ seals: undefined }, 'TYPE'],
    [{ seals: 'text' }, 'TYPE'],
    [{ hashes: 7 }, 'TYPE'],
    [{ checkpoints: [{}] }, 'TYPE'],
    [{ checkpoints: [{ note: '', chain: 7 }] }, 'TYPE'],
    [{ now: 1_795_000_000 }, 'TYPE'],
    [{ now: new Date(-1) }, 'VALUE'],
    [{ now: new Date(1000), maxAge: -1 }, 'VALUE'],
    [{ maxAge: 1 }, 'TYPE'],
    [{ checkpoint: [] }, 'NAME'],
    [{ cryptography: { hash: 1 } }, 'NAME'],
    [{ checkpoints: { note: '' } }, 'TYPE'],
    [{ checkpoints: [{ note: '', chian: '' }] }, 'NAME'],
    [{ firstEntry: 2 ** 53 }, 'VALUE'],
    [{ mustEnd: 'yes' }, 'TYPE'],
    [{ signal: {} }, 'TYPE'],
    [{ onProgress: true }, 'TYPE'],
    [{ cryptography: { sha256: () => new Uint8Array(32) } }, 'TYPE'],
    [{ cryptography: { kesOfDepth: 3 } }, 'TYPE'],
    [{ from: {} }, 'VALUE'],
    [{ from: { ...from, verifierKey: other.verifierKey } }, 'VALUE'],
    [{ from: { ...from, frontier: [] } }, 'VALUE'],
    [{ from: { ...from, material: 'AAAA' } }, 'VALUE'],
    [{ from: { ...from, size: 'many' } }, 'TYPE'],
    [{ from: { ...from, ended: 1 } }, 'TYPE'],
    [{ from: { ...from, place: { ...from?.place, bytes: -1 } } }, 'VALUE'],
  ])('of verifySealedLog: %j', async (wrong, code) => {
    const error = await rejectionOf(verifySealedLog(wrongly({ ...given, ...wrong })));
    expect(error['code']).toBe(`ERR_EVOLOCK_ARGUMENT_${code}`);
  });

  test('a greatest age without the present time, which the compiler refuses too', async () => {
    // @ts-expect-error -- lacks `now`
    const aged: SealedLogOptions = { ...given, maxAge: 1 };
    const error = await rejectionOf(verifySealedLog(aged));
    expect(error.message).toBe('now: expected the present time, for maxAge, received undefined');
    const dated: SealedLogOptions = { ...given, now: new Date(1000) };
    expect((await verifySealedLog(dated)).reasons).toContain('future-time');
  });

  test('of proveEntry and verifyEntryProof', async () => {
    const missing = await rejectionOf(proveEntry(wrongly(given)));
    expect(missing['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    for (const wrong of [{ verifierKey: 7 }, { entry: 'text' }, { proof: 7 }]) {
      const all = { verifierKey, entry: new Uint8Array(0), proof: '', ...wrong };
      expect(codeOf(() => verifyEntryProof(wrongly(all)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });
});

test('an aborted verification rejects with the reason and closes its files', async () => {
  const controller = new AbortController();
  const closed: string[] = [];
  async function* endless(name: string, piece: string) {
    try {
      for (let count = 0; ; count += 1) {
        if (count === 3) controller.abort(new Error('enough'));
        await Promise.resolve();
        yield new TextEncoder().encode(piece);
      }
    } finally {
      closed.push(name);
    }
  }
  const { signal } = controller;
  const running = verifySealedLog({
    ...{ verifierKey, seals, signal },
    files: [endless('entries', 'no newline')],
  });
  await expect(running).rejects.toThrow('enough');
  expect(closed).toEqual(['entries']);
});

test('an error of a source or of onProgress is passed on, and the other files are closed', async () => {
  const closed: string[] = [];
  function* failing() {
    yield seals.subarray(0, 700);
    throw new Error('disk');
  }
  function* open() {
    try {
      yield entries;
    } finally {
      closed.push('entries');
    }
  }
  const failed = verifySealedLog({ verifierKey, files: [open()], seals: failing() });
  await expect(failed).rejects.toThrow('disk');
  expect(closed).toEqual(['entries']);
  const onProgress = () => {
    throw new Error('screen');
  };
  await expect(verifySealedLog({ ...given, onProgress })).rejects.toThrow('screen');
});

test('sources in memory let other work of the thread run, and can be aborted', async () => {
  // Each verification takes as long as the clock says.
  const controller = new AbortController();
  let turns = 0;
  const slow = {
    ...native,
    kesOfDepth: (depth: number) => {
      const end = Date.now() + 60;
      while (Date.now() < end);
      return native.kesOfDepth(depth);
    },
  };
  const timer = setInterval(() => {
    turns += 1;
    if (turns === 2) controller.abort(new Error('enough'));
  });
  const { signal } = controller;
  const running = verifySealedLog({ ...given, cryptography: slow, signal });
  await expect(running).rejects.toThrow('enough');
  clearInterval(timer);
});

test('progress is reported as seals and entries that are proved', async () => {
  const seen: unknown[] = [];
  const halves = [entries.subarray(0, 300), entries.subarray(300)];
  await verifySealedLog({ ...given, files: [halves], onProgress: (proved) => seen.push(proved) });
  expect(seen.at(0)).toEqual({ seals: 0, sealedEntries: 0 });
  expect(seen.at(-1)).toEqual({ seals: 4, sealedEntries: 2 });
});

test.each([0, 2 ** 20])(
  'one large piece lets other work run, and can be aborted, where a seal covers %i of its entries',
  async (size) => {
    // To hash so many takes far longer than the time between two turns.
    const files = [new Uint8Array(2 ** 20).fill(0x0a)];
    const log = makeLog({
      ...{ origin: 'example.com/large', first: 0, depths: [1], seeds: [], entries: [] },
      cuts: [{ size: 0, time: 0, flags: 0 }],
    });
    const { seal, key, seed } = log.sealed[0]!;
    const content = { ...seal, size };
    const signature = signAt(key.depth, seed, 0, signedMessage(key.origin, content));
    const seals = sealsOf([writeSealLine({ ...content, signature })]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')));
    const { signal } = controller;
    const running = verifySealedLog({ ...filesOf(log), files, seals, signal });
    await expect(running).rejects.toThrow('enough');
  },
);

test('a source that is not read is not opened', async () => {
  let opened = 0;
  async function* part() {
    opened += 1;
    yield await Promise.resolve(entries);
  }
  const bad = { verifierKey, files: [part()], hashes: part(), seals: new Uint8Array([0x0a]) };
  expect((await verifySealedLog(bad)).failure).toBe('form');
  expect(opened).toBe(0);
});

test('the result of a verdict says what it has', () => {
  type Of<Result> = Extract<SealedLogVerdict, { readonly result: Result }>;
  expectTypeOf<Of<'valid' | 'incomplete'>['state']>().toEqualTypeOf<SealedLogState | undefined>();
  expectTypeOf<Of<'incomplete'>['reasons'][0]>().toEqualTypeOf<SealedLogReason>();
  expectTypeOf<Of<'invalid'>['failure']>().toEqualTypeOf<SealedLogFailure>();
  expectTypeOf<Extract<EntryProofVerdict, { result: 'valid' }>['index']>().toBeNumber();
});
