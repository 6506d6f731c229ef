// Loaded before the command: another key takes the name of the file when the temporary one is opened, as a second program
// may do it that knows of no lock.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { openSync, renameSync } = fs;
fs.openSync = (path, ...more) => {
  if (String(path).endsWith('.evolock-new'))
    renameSync(process.env['KES_TEST_OTHER'], process.env['KES_TEST_KEY']);
  return openSync(path, ...more);
};
syncBuiltinESMExports();
