import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whether this is the run of `npm test`, which the root package.json starts with this variable. */
const short = process.env['EVOLOCK_SHORT_TESTS'] === '1';

/** Whether it tries less deep trees and fewer runs of properties. CI names a depth. */
const isQuick = short && process.env['EVOLOCK_TEST_DEPTH'] === undefined;

/** Whether only `*.long.test.ts` run: with the short run before, that is every test once. */
const long = process.env['EVOLOCK_LONG_TESTS'] === '1';

/** The folder into which a run writes a report. */
const reports = process.env['EVOLOCK_TEST_REPORTS'];

const root = import.meta.dirname;

/** The folders with tests, and the names of their packages. */
const workspaces = ['packages', 'internal', '.']
  .flatMap((parent) => readdirSync(`${root}/${parent}`).map((name) => ({ parent, name })))
  .filter(({ parent, name }) => existsSync(`${root}/${parent}/${name}/test`));

/**
 * How the tests of a package run: real processes, no retries, no sleeps.
 *
 * The short run leaves out `*.long.test.ts`, and lets the files of a package share their modules. The long run gives each file its own process. So does a run without either.
 */
function testsOf({ parent, name }: (typeof workspaces)[number]): TestProjectInlineConfiguration {
  return {
    root: `${root}/${parent}/${name}`,
    // The build replaces this by the version of the package. Tests that import sources get this one.
    define: {
      PACKAGE_VERSION: JSON.stringify('0.0.0-source'),
      RELEASE_DATE: JSON.stringify('2024-01-01T00:00:00Z'),
    },
    test: {
      name: `@evolock/${name}`,
      include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
      exclude: short ? ['**/*.long.test.ts'] : [],
      env: isQuick ? { EVOLOCK_TEST_DEPTH: '4' } : {},
      setupFiles: [
        `${root}/internal/test-support/src/whole-bytes.ts`,
        ...(isQuick ? [`${root}/internal/test-support/src/fewer-runs.ts`] : []),
        ...(short && name === 'mlocked-bytes' ? ['test/support/nothing-left.ts'] : []),
      ],
      pool: 'forks',
      // Node.js loads the built packages, so that vitest does not transform them again for each package above.
      server: short ? { deps: { external: [/\/(packages|internal)\/[^/]+\/dist\//] } } : {},
      isolate: !short,
      retry: 0,
      // Ends a test that hangs. Machines may be slow and busy, so it does not measure speed.
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  };
}

/** Long tests that take a minute or more on one core. */
const longest = [
  'site/test/browser/pages',
  'proof/test/fresh',
  'site/test/browser/check',
  'proof/test/warm',
  'sealed-log/test/hostile',
  'kes-cli/test/processes/rotating',
  'proof/test/broken-rules',
  'sealed-log/test/sealer/killed',
  'sealed-log/test/sealer/power-loss',
  'sealed-log/test/sealer/faults',
  'sealed-log/test/renewal/renew-killed',
];

/** Starts the longest tests first, so that at the end no core waits for one of them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.includes(name));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b));
  }
}

/** The tests of every workspace. */
export default defineConfig({
  test: {
    projects: workspaces.map(testsOf),
    // Long tests wait for disks and for processes that they start. In the short run a further process for each package costs more.
    maxWorkers: availableParallelism() + (short ? 0 : 1),
    // The short run keeps the files of a package together, because they share their process.
    sequence: short ? {} : { sequencer: LongestFirst },
    // CI adds up the reports at its end.
    reporters: reports
      ? ['default', ['json', { outputFile: `${reports}/${process.pid}.json` }]]
      : ['default'],
  },
});
