import { expect, test } from 'vitest';
import { deserialisers } from './support/helpers.js';

test.each(deserialisers)('$name passes the options on unchanged', ({ run }) => {
  const options = { allocator: {} };
  let received: unknown;
  const type = {
    directDeserialise(_pull: unknown, given?: object) {
      received = given;
    },
  };
  run(new Uint8Array(0), type, options);
  expect(received).toBe(options);
  run(new Uint8Array(0), type);
  expect(received).toBeUndefined();
});
