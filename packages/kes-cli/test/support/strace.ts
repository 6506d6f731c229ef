import { traceOf } from '@evolock/test-support/strace';

export { callsIn, killedAt, noStrace } from '@evolock/test-support/strace';

/** The option that traces every system call that changes or reads a file. */
export const TRACE = traceOf([
  ...['openat', 'close', 'read', 'pread64', 'write', 'pwrite64', 'fstat', 'statx', 'getdents64'],
  ...['fsync', 'fdatasync', 'ftruncate', 'fchmod', 'fchown', 'fcntl', 'ioctl', 'mkdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
]);
