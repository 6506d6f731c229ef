// Loaded before the command: another key replaces the file when the temporary one is opened, as a program does that does
// not use the lock.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { openSync, renameSync } = fs;
fs.openSync = (path, ...more) => {
  if (String(path).endsWith('.evolock-new'))
    renameSync(process.env['KES_TEST_OTHER'], process.env['KES_TEST_KEY']);
  return openSync(path, ...more);
};
syncBuiltinESMExports();
