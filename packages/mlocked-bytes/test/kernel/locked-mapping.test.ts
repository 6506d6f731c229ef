import { expect, test } from 'vitest';
import { importing, named, notLinux, printedBy } from '../support/child.js';

/** The mappings of the process, in the order of their addresses. */
const mappings = `
  import { readFileSync } from 'node:fs';
  function mappings() {
    const found = [];
    for (const line of readFileSync('/proc/self/smaps', 'latin1').split('\\n')) {
      const head = /^([0-9a-f]+)-([0-9a-f]+) (\\S{4}) /.exec(line);
      if (head !== null) {
        found.push({ start: parseInt(head[1], 16), end: parseInt(head[2], 16), access: head[3], flags: [] });
      }
      const flags = /^VmFlags: (.*)$/.exec(line);
      if (flags !== null) found.at(-1).flags = flags[1].trim().split(' ');
    }
    return found;
  }
  /** Every locked mapping: its size, whether it is left out of core dumps, and its neighbours. */
  function lockedMappings() {
    const all = mappings();
    return all.flatMap((mapping, index) => {
      if (!mapping.flags.includes('lo')) return [];
      const [before, after] = [all[index - 1], all[index + 1]];
      return [{
        size: mapping.end - mapping.start,
        access: mapping.access,
        dumped: !mapping.flags.includes('dd'),
        before: before.end === mapping.start ? before.access : 'a gap',
        after: after.start === mapping.end ? after.access : 'a gap',
      }];
    });
  }
`;

const guarded = { access: 'rw-p', dumped: false, before: '---p', after: '---p' };

test.skipIf(notLinux !== undefined)(
  named('locked memory has guard pages, is locked, and is left out of core dumps', notLinux),
  () => {
    const script = `
      ${importing}
      ${mappings}
      const { MLockedBytes, mappingAllocator } = locked;
      const none = lockedMappings();
      const pooled = MLockedBytes.newZeroed(32);
      const one = lockedMappings();
      const region = MLockedBytes.newZeroed(10_000, { allocator: mappingAllocator });
      const own = MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
      print({ none, one, all: lockedMappings().sort((left, right) => left.size - right.size) });
    `;
    expect(printedBy(script)).toEqual({
      none: [],
      one: [{ size: 4_096, ...guarded }],
      all: [
        { size: 4_096, ...guarded },
        { size: 4_096, ...guarded },
        { size: 12_288, ...guarded },
      ],
    });
  },
);

test.skipIf(notLinux !== undefined)(
  named('every region of a pool that has grown is locked and guarded', notLinux),
  () => {
    const script = `
      ${importing}
      ${mappings}
      const values = Array.from({ length: 3_000 }, () => locked.MLockedBytes.newZeroed(128));
      print({ usage: locked.pooledAllocator.usage(), mappings: lockedMappings() });
    `;
    const { usage, mappings: found } = printedBy(script) as {
      usage: { regions: number; size: number };
      mappings: { size: number }[];
    };
    expect(found).toHaveLength(usage.regions);
    for (const mapping of found) expect(mapping).toMatchObject(guarded);
    const size = found.reduce((sum, mapping) => sum + mapping.size, 0);
    expect(size - usage.size).toBe(64 * usage.regions);
  },
);

test.skipIf(notLinux !== undefined)(
  named('the kernel counts an allocation as locked memory, until its release', notLinux),
  () => {
    const script = `
      ${importing}
      const { lockStatus, MLockedBytes, mappingAllocator } = locked;
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const steps = [];
      for (const size of [1, 4_080, 4_081, 10_000, 100_000]) {
        const before = lockStatus().locked;
        const region = MLockedBytes.newZeroed(size, { allocator: mappingAllocator, alignment: 1 });
        const during = lockStatus().locked;
        region.release();
        await turn();
        await turn();
        steps.push([size, during - before, lockStatus().locked - before]);
      }
      print(steps);
    `;
    expect(printedBy(script)).toEqual([
      [1, 4_096, 0],
      [4_080, 4_096, 0],
      [4_081, 8_192, 0],
      [10_000, 12_288, 0],
      [100_000, 102_400, 0],
    ]);
  },
);
