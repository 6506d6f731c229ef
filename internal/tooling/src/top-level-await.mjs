// `require()` of an ES module throws when the module, or anything it imports, awaits at the top level.

const message =
  'No top-level await in a package: require() of it would throw (ERR_REQUIRE_ASYNC_MODULE).';

/** Options of `no-restricted-syntax` that forbid every form of it. */
export const topLevelAwait = [
  { selector: 'AwaitExpression:not(:function *)', message },
  { selector: 'ForOfStatement[await=true]:not(:function *)', message },
  { selector: 'VariableDeclaration[kind="await using"]:not(:function *)', message },
];
