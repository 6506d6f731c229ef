import { spawnSync } from 'node:child_process';

/** The user and group that own nothing. */
const NOBODY = 65_534;

const WITHOUT_RIGHTS = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

/** KiB that everybody may lock, on every Linux. */
export const LEAST_LIMIT = 64;

/** What makes node run as an ordinary user who may lock so many KiB: put before it on a command line. */
export function asOrdinaryUser(lockLimit: number): string[] {
  const limited = ['sh', '-c', `ulimit -l ${lockLimit} && exec "$@"`, 'sh'];
  return process.getuid?.() === 0 ? [...WITHOUT_RIGHTS, ...limited] : limited;
}

/** Why that is impossible here, or nothing. */
export function whyNoOrdinaryUser(): string | undefined {
  const [program, ...line] = [...asOrdinaryUser(LEAST_LIMIT), process.execPath, '--version'];
  const { status, stderr, error } = spawnSync(program, line);
  return status === 0 ? undefined : String(error ?? stderr.toString());
}
