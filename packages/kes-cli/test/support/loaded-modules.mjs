/** Loaded before the command: appends the URL of every module that is loaded to the file of KES_TEST_LOADED. */
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

const hooks = `
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    appendFileSync(process.env.KES_TEST_LOADED, url + '\\n');
    return next(url, context);
  }`;

appendFileSync(process.env.KES_TEST_LOADED, '');
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
