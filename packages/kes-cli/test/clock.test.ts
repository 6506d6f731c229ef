/** From when it is counted, and that a moment without a slot is no fault of a certificate. */
import { preview } from '@evolock/cardano-kes';
import { errorOf } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../src/command-error.js';
import { clockInWords, momentOf } from '../src/network/clock.js';

const LONG_AGO = new Date('2001-02-03T04:05:06Z');
const IN_TIME = new Date('2022-10-25T00:01:00Z');

describe('a moment before the first slot', () => {
  it('is a usage error where it was stated, and names it', () => {
    const error = errorOf(() => momentOf(preview, { at: LONG_AGO }, IN_TIME));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ exitCode: 2 });
    expect((error as Error).message).toMatch(/^--at 2001-02-03T04:05:06Z: .*before the first slot/);
  });

  it("is the machine's where its clock says so, and names it", () => {
    const error = errorOf(() => momentOf(preview, {}, LONG_AGO));
    expect(error).toMatchObject({ exitCode: 3 });
    expect((error as Error).message).toMatch(
      /^this machine's clock says 2001-02-03T04:05:06Z: .*before the first slot.*: set it/,
    );
  });
});

it('a moment says by which clock', () => {
  expect(clockInWords(momentOf(preview, {}, IN_TIME))).toMatch(/^this machine's clock: 2022/);
  expect(clockInWords(momentOf(preview, { at: IN_TIME }))).toMatch(/--at: 2022-10-25T00:01:00Z$/);
  expect(momentOf(preview, { slot: 3n }, LONG_AGO)).toMatchObject({ clock: 'slot', slot: 3n });
});
