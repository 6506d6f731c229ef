import { execFileSync } from 'node:child_process';
import { build } from '../../tsup.shared.js';

/** The time of the last commit, so that all builds of a commit are the same; without git, now. */
function releaseDate(): string {
  try {
    const seconds = execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' });
    return new Date(Number(seconds) * 1_000).toISOString();
  } catch {
    return new Date().toISOString();
  }
}

// A program: nothing imports it, so it has no types. Its threads load their own module.
export default build(
  { main: 'src/main.ts', 'header-worker': 'src/headers/worker.ts' },
  { define: { RELEASE_DATE: JSON.stringify(releaseDate()) } },
);
