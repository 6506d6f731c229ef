import { spawnSync } from 'node:child_process';

/** The user and group that own nothing. */
export const NOBODY = 65_534;

const WITHOUT_RIGHTS = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

/** KiB that every process may lock, on every Linux. */
export const LEAST_LOCK_LIMIT = 64;

/**
 * The words before a command that run it as an ordinary user. They start the program by exec.
 *
 * @param lockLimit - How many KiB that user may lock; as many as the user who starts it, when absent.
 */
export function asOrdinaryUser(lockLimit?: number): string[] {
  return [
    // First, because only root may raise the limit.
    ...(lockLimit === undefined ? [] : ['sh', '-c', `ulimit -l ${lockLimit} && exec "$@"`, 'sh']),
    ...(process.getuid?.() === 0 ? WITHOUT_RIGHTS : []),
  ];
}

/**
 * Why no program can run as an ordinary user here, or `undefined`.
 *
 * @param trial - What is tried, and how many KiB that user may lock.
 */
export function whyNoOrdinaryUser({
  command = [process.execPath, '--version'],
  lockLimit = LEAST_LOCK_LIMIT,
}: { readonly command?: readonly string[]; readonly lockLimit?: number } = {}): string | undefined {
  const [program, ...line] = [...asOrdinaryUser(lockLimit), ...command];
  const { status, stderr, error } = spawnSync(program!, line, { cwd: '/', encoding: 'utf8' });
  if (status === 0) return undefined;
  const said = stderr.trim();
  return error?.message ?? (said === '' ? `it ended with ${status}` : said.split('\n', 1)[0]);
}
