// Loaded before the command: another key replaces the key KES_TEST_KEY when a file is opened whose path ends with
// KES_TEST_AT, as a program does that does not use the lock.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { existsSync, openSync, renameSync } = fs;
const { KES_TEST_AT: end, KES_TEST_OTHER: other, KES_TEST_KEY: key } = process.env;
fs.openSync = (path, ...more) => {
  if (String(path).endsWith(end) && existsSync(other)) renameSync(other, key);
  return openSync(path, ...more);
};
syncBuiltinESMExports();
