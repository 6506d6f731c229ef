// What a bundler for browsers finds in the place of this package.
throw new Error(
  '@evolock/kes-sum signs in Node.js, Bun and Deno: verify in a browser with @evolock/kes-verify. ' +
    'A test runner that sets the export condition `browser` in Node.js has to set `node` too',
);
