import { onTestFinished } from 'vitest';

/** Functions that a process of Windows does not have. */
const OF_UNIX = ['getuid', 'geteuid', 'getgid', 'getegid', 'getgroups'] as const;

/** Lets the process be one of another platform, until the test is over. */
export function onPlatform(platform: NodeJS.Platform): void {
  replace(process, 'platform', platform);
  if (platform === 'win32') for (const name of OF_UNIX) replace(process, name, undefined);
}

/** Lets the process be one of another runtime, until the test is over. */
export function inRuntime(name: 'bun' | 'deno', version: string): void {
  replace(process, 'versions', { ...process.versions, [name]: version });
}

function replace(target: object, name: string, value: unknown): void {
  const actual = Object.getOwnPropertyDescriptor(target, name);
  // Windows has no functions of Unix.
  if (actual === undefined) return;
  Object.defineProperty(target, name, { ...actual, value });
  onTestFinished(() => void Object.defineProperty(target, name, actual));
}
