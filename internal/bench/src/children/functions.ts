/**
 * The process that counts the functions which one warm call runs, by the precise coverage of V8. It runs the built packages
 * as Node.js loads them: a test runner would add functions of its own.
 */
import { Session, type Profiler } from 'node:inspector';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { newKey } from '../new-key.js';

const WARM_UP = 3;
/** The scripts that count: the built packages, and the JavaScript of the native module. */
const COUNTED = /\/packages\/[^/]+\/dist\/|\/sodium-native\//;

const session = new Session();
session.connect();
session.post('Profiler.enable');

function takeCoverage(): Profiler.ScriptCoverage[] {
  let scripts: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    scripts = result;
  });
  return scripts;
}

/** The distinct functions that one call runs. */
function functionsOf(call: () => unknown): string[] {
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  takeCoverage();
  call();
  const scripts = takeCoverage();
  session.post('Profiler.stopPreciseCoverage');
  return scripts
    .filter(({ url }) => COUNTED.test(url))
    .flatMap(({ url, functions }) =>
      functions
        .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
        .map(({ functionName }) => `${url.replace(/.*\/packages\//, '')} ${functionName}`),
    );
}

/** Each prepares a call. */
const calls: Record<string, () => () => unknown> = {
  'MLockedSeed.newRandom': () => () => MLockedSeed.newRandom(32),
  'sum6Kes.generateKey': () => {
    const seed = MLockedSeed.newRandom(32);
    return () => sum6Kes.generateKey(seed);
  },
  'update of a sum6Kes key': () => {
    const key = newKey(sum6Kes);
    return () => key.update();
  },
  'the costliest update of a sum6Kes key': () => {
    const key = newKey(sum6Kes);
    key.updateTo(31);
    return () => key.update();
  },
};

const counted = Object.entries(calls).map(([name, prepare]) => {
  for (let time = 0; time < WARM_UP; time += 1) prepare()();
  return [name, functionsOf(prepare())];
});
console.log(JSON.stringify(Object.fromEntries(counted)));
process.exit();
