import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lockStatus } from '../../src/index.js';
import {
  importing,
  named,
  noOrdinaryUser,
  notLinux,
  printedBy,
  testUnless,
} from '../support/child.js';

const skipped = noOrdinaryUser;
const { limit } = lockStatus();
const limited =
  limit === Infinity ? undefined : 'the lock limit applies to the user of this process';

const prelude = `
  ${importing}
  const values = [];
  const fill = (size) => codeOf(() => {
    while (values.length < 400_000) values.push(locked.MLockedBytes.newZeroed(size));
  });
`;

const sizes = [1, 32, 33, 96, 256, 480, 512, 513, 608, 1_024, 2_048, 2_049, 4_064, 4_070, 4_080];
const larger = [4_081, 5_000, 8_170, 10_000, 20_000];

test.skipIf(skipped !== undefined).each([...sizes, ...larger])(
  named('at least as many objects of %i bytes fit as preflight returns, and hardly more', skipped),
  (size) => {
    const script = `
      ${prelude}
      const { fits, available } = locked.preflight({ lockedSize: ${size} });
      const code = fill(${size});
      print({ fits, available, made: values.length, code });
    `;
    for (const kibibytes of [64, 300]) {
      const prefix = asOrdinaryUser(kibibytes);
      const printed = printedBy(script, { prefix }) as { made: number; fits: number };
      expect(printed).toMatchObject({
        available: kibibytes * 1_024,
        code: 'ERR_EVOLOCK_LOCK_LIMIT',
      });
      expect(printed.fits).toBeLessThanOrEqual(printed.made);
      // One more than returned: in the last mapping, the page of the canary need not be locked.
      expect(printed.made - printed.fits).toBeLessThanOrEqual(1);
    }
  },
);

test.skipIf(skipped !== undefined).each([100, 4_070, 9_000])(
  named('as many objects fit as preflight returns beside scratch memory of %i bytes', skipped),
  (size) => {
    const script = `
      ${prelude}
      const { fits } = locked.preflight({ lockedSize: 256, scratchSizes: [${size}] });
      const { Scratch, zeroCopyCall } = await import(build + 'unsound.js');
      const scratch = new Scratch({ size: ${size}, copies: [zeroCopyCall(32)], settle: [], stack: 8 });
      const code = fill(256);
      print({ fits, made: values.length, code, used: scratch.use(() => true) });
    `;
    const printed = printedBy(script, { prefix: asOrdinaryUser(64) }) as { made: number };
    const { made } = printed;
    expect(printed).toEqual({ fits: made, made, code: 'ERR_EVOLOCK_LOCK_LIMIT', used: true });
  },
);

test.skipIf(limited !== undefined).each([2_048, 4_096])(
  named(
    'exactly as many objects of %i bytes fit as preflight returns when only regions are limited',
    limited,
  ),
  (size) => {
    const script = `
      ${prelude}
      const kind = { lockedSize: ${size} };
      const { fits, available } = locked.preflight(kind);
      const refused = codeOf(() => locked.preflight(kind, { count: fits + 1 }));
      const code = fill(${size});
      print({ fits, available, refused, made: values.length, code });
    `;
    const { made, ...printed } = printedBy(script) as { made: number };
    expect(made).toBeGreaterThan(4_000);
    const code = 'ERR_EVOLOCK_REGION_LIMIT';
    // `available` is Infinity, which is null in JSON.
    expect(printed).toEqual({ fits: made, available: null, refused: code, code });
  },
);

testUnless(
  skipped,
  'preflight refuses more objects than fit into all regions, under any limit',
  () => {
    const script = `
      ${importing}
      print(codeOf(() => locked.preflight({ lockedSize: 32 }, { count: 1e9 })));
    `;
    expect(printedBy(script, { prefix: asOrdinaryUser(64) })).toBe('ERR_EVOLOCK_REGION_LIMIT');
  },
);

testUnless(
  skipped,
  'preflight throws for too many objects, and states how many fit, what they need and how to raise the limit',
  () => {
    const script = `
      ${importing}
      const kind = { lockedSize: 256 };
      const { fits } = locked.preflight(kind);
      locked.preflight(kind, { count: fits });
      try {
        locked.preflight(kind, { count: fits + 1 });
      } catch ({ code, message, size }) {
        print({ code, message, size, fits, locked: locked.lockStatus().locked });
      }
    `;
    const { fits, message, ...details } = printedBy(script, { prefix: asOrdinaryUser(64) }) as {
      fits: number;
      message: string;
    };
    expect(details).toEqual({ code: 'ERR_EVOLOCK_LOCK_LIMIT', size: 69_632, locked: 0 });
    expect(message).toContain(`${fits + 1} objects of 256 bytes need 69632 bytes`);
    expect(message).toContain(`a limit of 68 KiB; ${fits} fit (limit 65536 bytes, locked 0 bytes)`);
    expect(message).toContain('ulimit -l');
    // The limit in the message is enough, and not a page too large.
    const counted = (kibibytes: number) =>
      printedBy(`${importing} print(locked.preflight({ lockedSize: 256 }).fits);`, {
        prefix: asOrdinaryUser(kibibytes),
      }) as number;
    expect(counted(68)).toBeGreaterThanOrEqual(fits + 1);
    expect(counted(64)).toBe(fits);
  },
);

const calling = importing + 'const { coreLimit, dumpable } = locked.preflight({ lockedSize: 32 });';

test.skipIf(notLinux !== undefined).each([
  ['0', 0],
  ['1024', 1_048_576],
])(named('preflight returns a core limit of %s KiB', notLinux), (kibibytes, bytes) => {
  // The limit of a shell counts in blocks of 512 bytes or of 1,024.
  const prefix = ['bash', '-c', `ulimit -S -c ${kibibytes} && exec "$@"`, 'bash'];
  expect(printedBy(`${calling} print(coreLimit);`, { prefix })).toBe(bytes);
});

const noRoot = process.geteuid?.() === 0 ? notLinux : 'only root can change its user';

testUnless(skipped, 'preflight reports an ordinary process as dumpable', () => {
  expect(printedBy(`${calling} print(dumpable);`, { prefix: asOrdinaryUser(64) })).toBe(true);
});

testUnless(noRoot, 'preflight reports a process that changed its user as not dumpable', () => {
  const script = `
      ${calling}
      process.setgid(65534);
      process.setuid(65534);
      print({ ofRoot: dumpable ?? 'unknown', changed: locked.preflight({ lockedSize: 32 }).dumpable });
    `;
  expect(printedBy(script)).toEqual({ ofRoot: 'unknown', changed: false });
});

test('preflight reports an inspector that listens, and the options that open one or write the heap', () => {
  const script = `
    ${importing}
    const { inspector, revealingOptions } = locked.preflight({ lockedSize: 32 });
    print({ isOpen: /^ws:/.test(inspector ?? ''), revealingOptions });
  `;
  vi.stubEnv('NODE_OPTIONS', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(printedBy(script)).toEqual({ isOpen: false, revealingOptions: [] });
  for (const [options, isOpen] of [
    ['--inspect=127.0.0.1:0', true],
    ['--heapsnapshot-signal=SIGUSR2', false],
  ] as const) {
    const expected = { isOpen, revealingOptions: [options] };
    vi.stubEnv('NODE_OPTIONS', `--no-warnings ${options}`);
    expect(printedBy(script)).toEqual(expected);
    vi.stubEnv('NODE_OPTIONS', '');
    expect(printedBy(script, { nodeArguments: [options] })).toEqual(expected);
  }
});
