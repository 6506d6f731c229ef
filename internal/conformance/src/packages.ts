/** All that the packages have, as the conformance runner drives it. */
import type { Implementation } from '@evolock/test-vectors';
import { headers } from './headers.js';
import { native } from './native.js';
import { sealedLogWith } from './sealed-log.js';

export const packages = {
  ...native,
  headers,
  sealedLogs: sealedLogWith({}),
} satisfies Implementation;
