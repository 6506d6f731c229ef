/** Loaded before the command: at its end, writes the path of every loaded module to the file of KES_TEST_LOADED. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.KES_TEST_LOADED, Object.keys(require.cache).join('\n'));
});
