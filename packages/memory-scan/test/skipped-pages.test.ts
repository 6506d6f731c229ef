// Only unchanged pages of the program are skipped.
import { closeSync, openSync, readSync } from 'node:fs';
import { MaskedNeedle, readMappings, scanProcess, type Mapping } from '@evolock/memory-scan';
import { describe, expect, it } from 'vitest';
import { ProcessMemory } from '../src/process/process-memory.js';
import { notLinux } from './support/permissions.js';
import { withTarget } from './support/target.js';

const PAGE = 4096;
const isProgram = ({ name }: Mapping): boolean => name === process.execPath;

/** A needle of bytes in a page of the program, which the process has written to or not. */
function needleOfProgram(pid: number, written: boolean): MaskedNeedle {
  const pages = new ProcessMemory(pid);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const mapping of readMappings(pid).filter(isProgram)) {
      const own = pages.residentRanges(mapping, PAGE, true);
      const ranges = written ? own : pages.residentRanges(mapping, PAGE);
      for (const { start, end } of ranges) {
        for (let at = start; at < end; at += PAGE) {
          const isOwn = own.some((range) => range.start <= at && at < range.end);
          if (isOwn !== written) continue;
          const bytes = new Uint8Array(PAGE);
          readSync(memory, bytes, 0, PAGE, at);
          const place = variedPlace(bytes);
          if (place !== undefined)
            return MaskedNeedle.fromBytes('program', bytes.slice(place, place + 32));
        }
      }
    }
  } finally {
    closeSync(memory);
    pages.close();
  }
  throw new Error('no such page');
}

/** The offset of 32 usable bytes. Many bytes that a program writes to are addresses. */
function variedPlace(bytes: Uint8Array): number | undefined {
  for (let place = 0; place + 32 <= bytes.length; place += 8) {
    const window = bytes.subarray(place, place + 32);
    const zeros = window.filter((byte) => byte === 0).length;
    if (zeros < 16 && new Set(window).size > 12) return place;
  }
  return undefined;
}

const options = { encodings: ['raw'], fragment: 32 } as const;

describe.skipIf(notLinux)('pages of the program that the process has not written to', () => {
  it('are read by default', async () => {
    await withTarget('nothing', MaskedNeedle.random('canary', 32), (pid) => {
      const { findings, skipped } = scanProcess(pid, [needleOfProgram(pid, false)], options);
      expect(findings.length).toBeGreaterThan(0);
      expect(skipped).toBe(0);
    });
  });

  it('are skipped with the option, and counted', async () => {
    await withTarget('nothing', MaskedNeedle.random('canary', 32), (pid) => {
      const needle = needleOfProgram(pid, false);
      const all = scanProcess(pid, [needle], options);
      const some = scanProcess(pid, [needle], { ...options, skipUnwritten: isProgram });
      expect(some.findings.filter(({ mapping }) => isProgram(mapping))).toEqual([]);
      expect(some.skipped).toBeGreaterThan(1_000_000);
      expect(some.searched + some.skipped).toBe(all.searched);
    });
  });

  it('are the only skipped pages', async () => {
    const canary = MaskedNeedle.random('canary', 32);
    await withTarget('buffer', canary, (pid) => {
      const needle = needleOfProgram(pid, true);
      const { findings } = scanProcess(pid, [needle, canary], {
        ...options,
        skipUnwritten: () => true,
      });
      expect(findings.some((each) => each.needle === 'program' && isProgram(each.mapping))).toBe(
        true,
      );
      expect(findings.some((each) => each.needle === 'canary')).toBe(true);
    });
  });
});
