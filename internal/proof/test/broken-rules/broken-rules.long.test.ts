import { describe, expect, test } from 'vitest';
import { WARM_UP, withFolder, type ProofOptions } from '../../src/scan/prove.js';
import { statementOf } from '../../src/scan/statements.js';
import { noOrdinaryUser, problemsOf } from '../statements.js';
import { breakages, rules } from './breakages.js';
import { brokenCopy } from './broken-copy.js';

/** The problems in the proof of a statement. Empty when the proof holds. */
const complaints = async (name: string, options: ProofOptions) =>
  problemsOf(await statementOf(name).prove(options));

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
      for (const [name, saying] of shown)
        expect(await complaints(name, { ...options, program })).toMatch(saying);
    });
  });
});

/** These must hold in an unchanged copy, or their failures prove nothing. Other tests run all of them. */
test('the proof holds in an unchanged copy', async () => {
  await withFolder(async (folder) => {
    const same = (name: string, within: string, code: string) => ({
      ...{ package: name, within, code },
      by: code,
    });
    const program = await brokenCopy(folder, [
      same('mlocked-bytes', 'MAX_SLAB_PAGES', '16'),
      same('kes-sum', 'SumKesSigningKey.sign', 'unsoundMemory(this);'),
      same('direct-serialise-io', 'Inbox.moveTo', 'taken.fill(0);'),
      same('kes-agent', 'Snapshot.#wipe', 'this.#bytes.release();'),
      same('proof', 'subjectOf', 'secret.unmaskInto(memory)'),
    ]);
    expect(await complaints('seed: expand, then release all', { program })).toBe('');
    const warm = { program, repetitions: WARM_UP };
    expect(await complaints('Sum6: sign, then release', warm)).toBe('');
    expect(await complaints('a Unix socket, only the key released', { program })).toBe('');
    expect(await complaints('a key of a peer', { program })).toBe('');
  });
});
