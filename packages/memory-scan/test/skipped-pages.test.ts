// Most of a process is its program: what it has not written to there may be left out, and nothing else.
import { closeSync, openSync, readSync } from 'node:fs';
import { MaskedNeedle, readMappings, scanProcess, type Mapping } from '@evolock/memory-scan';
import { describe, expect, it } from 'vitest';
import { ProcessMemory } from '../src/process-memory.js';
import { notLinux } from './support/permissions.js';
import { withTarget } from './support/target.js';

const PAGE = 4096;
const isProgram = ({ name }: Mapping): boolean => name === process.execPath;

/** A needle of bytes that stand in a page of the program; `written` says whether the process has made it its own. */
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

/** Where 32 bytes begin that say enough to be looked for. Much of what a program writes to are addresses. */
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
  it('are read when nothing else is said', async () => {
    await withTarget('nothing', MaskedNeedle.random('canary', 32), (pid) => {
      const { findings, skipped } = scanProcess(pid, [needleOfProgram(pid, false)], options);
      expect(findings.length).toBeGreaterThan(0);
      expect(skipped).toBe(0);
    });
  });

  it('are left out on request, and counted', async () => {
    await withTarget('nothing', MaskedNeedle.random('canary', 32), (pid) => {
      const needle = needleOfProgram(pid, false);
      const all = scanProcess(pid, [needle], options);
      const some = scanProcess(pid, [needle], { ...options, skipUnwritten: isProgram });
      expect(some.findings.filter(({ mapping }) => isProgram(mapping))).toEqual([]);
      expect(some.skipped).toBeGreaterThan(1_000_000);
      expect(some.searched + some.skipped).toBe(all.searched);
    });
  });

  it('and everything else is read all the same: what it has written to, and what is not the program', async () => {
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
