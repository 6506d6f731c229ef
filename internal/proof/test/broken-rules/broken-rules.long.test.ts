import { describe, expect, test } from 'vitest';
import { operationOf } from '../../src/operations/all.js';
import { prove, WARM_UP } from '../../src/scan/prove.js';
import { withFolder } from '../../src/scan/process.js';
import { expectProved, noOrdinaryUser, problemsOf } from '../operations.js';
import { breakages, rules } from './breakages.js';
import { brokenCopy } from './broken-copy.js';

describe.each(rules)('the proof fails when a rule is broken: %s', (rule) => {
  const ways = breakages.filter((each) => each.rule === rule);

  test('there is a way', () => {
    expect(ways).not.toEqual([]);
  });

  test.concurrent.each(ways)('$how', async ({ edits, shown, options }) => {
    if (options.prefix !== undefined && noOrdinaryUser !== undefined) {
      console.log(`not tested as an ordinary user: ${noOrdinaryUser}`);
      return;
    }
    await withFolder(async (folder) => {
      const program = await brokenCopy(folder, edits);
      for (const [operation, saying] of shown)
        expect(problemsOf(await prove(operation, { ...options, program }))).toMatch(saying);
    });
  });
});

/** These must hold in an unchanged copy, or their failures prove nothing. Other tests run all of them. */
test('the proof holds in an unchanged copy', async () => {
  await withFolder(async (folder) => {
    const program = await brokenCopy(folder, []);
    const warm = { program, repetitions: WARM_UP };
    await expectProved(operationOf('seed: expand, then release all'), { program });
    await expectProved(operationOf('Sum6: sign, then release'), warm);
    await expectProved(operationOf('transports: a Unix socket, only the key released, sender'), {
      program,
    });
    await expectProved(operationOf('sealers: three seals made'), { program });
    await expectProved(operationOf('the agent: a key of a peer'), { program });
  });
});
