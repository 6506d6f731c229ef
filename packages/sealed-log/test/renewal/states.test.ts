import { expect, test } from 'vitest';
import { stageOf, type FoundRenewal, type Stage } from '../../src/renewal/states.js';

const KEYS = ['none', 'old', 'new', 'new-sealed'] as const;

/** By the key: without the entry in the log, and with it. */
const WITH_RECORD: Readonly<Record<FoundRenewal['key'], readonly [Stage, Stage]>> = {
  none: ['file', 'aside'],
  old: ['record', 'record'],
  new: ['file', 'seal'],
  'new-sealed': ['finish', 'finish'],
};

test.each(KEYS)('the stage of a renewal whose key file has: %s', (key) => {
  for (const hasEntry of [false, true]) {
    expect(stageOf({ hasRecord: false, key, hasEntry })).toBe('record');
    expect(stageOf({ hasRecord: true, key, hasEntry })).toBe(WITH_RECORD[key][hasEntry ? 1 : 0]);
  }
});
