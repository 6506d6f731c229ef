// @ts-check
// Lint for the whole repository. `eslint .` finds this file from every package's folder.
import { readdirSync, readFileSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import jsdoc from 'eslint-plugin-jsdoc';
import n from 'eslint-plugin-n';
import tseslint from 'typescript-eslint';
import { ladder, scope } from './internal/tooling/src/ladder/ladder.mjs';

const code = '**/*.{ts,mts,js,mjs}';
const packageSource = 'packages/*/src/**/*.ts';
const tests = [
  '**/{test,bench}/**/*.{ts,mts,js,mjs}',
  'internal/{abuse,test-keys,test-support}/src/**/*.ts',
  'internal/command-testing/src/**/*.ts',
];

/** @type {{ devDependencies: Record<string, string> }} */
const root = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const rootTools = Object.keys(root.devDependencies);

const exportedDeclarations = [
  'ExportNamedDeclaration > FunctionDeclaration',
  'ExportNamedDeclaration > TSDeclareFunction',
  'ExportNamedDeclaration > ClassDeclaration',
  'ExportDefaultDeclaration > FunctionDeclaration',
  'ExportDefaultDeclaration > ClassDeclaration',
  'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
];

const publicMethod =
  'ExportNamedDeclaration > ClassDeclaration > ClassBody > MethodDefinition[kind!="constructor"][accessibility!="private"]:not([key.type="PrivateIdentifier"])';

const everywhere = defineConfig({
  name: 'evolock/everywhere',
  files: [code],
  extends: [
    js.configs.recommended,
    tseslint.configs.strictTypeChecked,
    tseslint.configs.stylisticTypeChecked,
  ],
  plugins: { n },
  languageOptions: {
    parserOptions: {
      // One program of every workspace parses shared types once. A program for each folder would parse them again.
      project: 'tsconfig.json',
      tsconfigRootDir: import.meta.dirname,
    },
  },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  rules: {
    eqeqeq: 'error',
    'n/prefer-node-protocol': 'error',
    // An import has to be in the manifest of its package or of the root, whose tools serve all tests.
    'n/no-extraneous-import': 'error',
    '@typescript-eslint/no-unused-vars': [
      'error',
      // `using` keeps a resource until the end of the block, so its variable may be unused.
      { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreUsingDeclarations: true },
    ],
    '@typescript-eslint/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    // Messages contain lengths, offsets and periods.
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    // Off: the result of a caller's function is checked, since it may be a promise even where its type is void.
    '@typescript-eslint/no-confusing-void-expression': 'off',
    // Off: callers may write JavaScript, so arguments are checked against their types at run time.
    '@typescript-eslint/no-unnecessary-condition': 'off',
    // Off in tests and private workspaces: under noUncheckedIndexedAccess an index that is in range needs the assertion.
    '@typescript-eslint/no-non-null-assertion': 'off',
    // Off: the repository has no enums, and these rules take a tenth of the time of lint.
    '@typescript-eslint/no-unsafe-enum-assignment': 'off',
    '@typescript-eslint/no-unsafe-enum-comparison': 'off',
    // Off: classes here have `#private` members, so the compiler accepts their instances only. It takes a tenth too.
    '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  },
});

const source = defineConfig({
  name: 'evolock/source',
  files: [packageSource],
  rules: {
    'no-console': 'error',
    // The other limits of sources: internal/tooling/test/limits.test.ts.
    'max-lines-per-function': ['error', { max: 60 }],
    // Published code imports only packages that are installed with it: no tool of the root, no devDependency.
    'n/no-restricted-import': [
      'error',
      rootTools.map((name) => ({
        name: [name, `${name}/**`],
        message: `${name} is a tool of the repository, which users do not install.`,
      })),
    ],
    'n/no-unpublished-import': 'error',
    'n/no-unsupported-features/node-builtins': 'error',
    'no-restricted-syntax': [
      'error',
      {
        selector: 'TSImportType',
        message: 'The rules for imports do not see it: import the type.',
      },
    ],
  },
});

/**
 * A package imports what its manifest names, which names only what the ladder gives it
 * (internal/tooling/test/repository.test.ts). The rules above see an import of a type only where its declarations are built.
 */
const imports = readdirSync(new URL('packages', import.meta.url)).flatMap((folder) => {
  const manifest = readFileSync(
    new URL(`packages/${folder}/package.json`, import.meta.url),
    'utf8',
  );
  const { name, dependencies, devDependencies } = JSON.parse(manifest);
  const named = Object.keys({ [name]: '', ...dependencies, ...devDependencies }).join('|');
  const patterns = [
    {
      regex: `^(?!(?:${named})(?:/|$))@evolock/`,
      message: `The manifest of ${name} does not name it.`,
    },
    {
      regex: String.raw`^(?:\.\./){2,}(?:packages/)?[^./]+/(?:src|dist)/`,
      message: 'Import another package by its name, never by a path into its folder.',
    },
  ];
  const releaseAll = {
    regex: '^@evolock/mlocked-bytes/release-all$',
    message: 'Releasing every value of the process is for the application alone.',
  };
  const rule = '@typescript-eslint/no-restricted-imports';
  return defineConfig(
    {
      name: `evolock/imports/${folder}`,
      files: [`packages/${folder}/**/*.{ts,mts,js,mjs}`],
      rules: { [rule]: ['error', { patterns }] },
    },
    {
      name: `evolock/imports/${folder}/src`,
      files: [`packages/${folder}/src/**/*.ts`],
      rules: { [rule]: ['error', { patterns: [...patterns, releaseAll] }] },
    },
  );
});

/** A build contains these, so its sources may import what users do not install. */
const copied = ladder
  .filter(({ builtIn, isPrivate }) => builtIn !== undefined && isPrivate === undefined)
  .map(({ name, builtIn = [] }) => {
    const layers = ladder.map((layer) => layer.name);
    const allowModules = builtIn.map((each) => (layers.includes(each) ? scope + each : each));
    return defineConfig({
      name: `evolock/built-in/${name}`,
      files: [`packages/${name}/src/**/*.ts`],
      rules: { 'n/no-unpublished-import': ['error', { allowModules }] },
    });
  });

/** The library of this package does not contain what its command contains. */
const ofCommandAlone = defineConfig({
  name: 'evolock/built-in/command-alone',
  files: ['packages/sealed-log/src/**/*.ts'],
  ignores: ['packages/sealed-log/src/command/**'],
  rules: { 'n/no-unpublished-import': 'error' },
});

/**
 * Loops over each byte, node of a tree, item or page, whose time the benchmarks measure. An index that is in range is read
 * there without a check.
 */
const hotLoops = [
  'packages/cardano-headers/src/cbor/walk.ts',
  'packages/cardano-headers/src/envelope/scanner.ts',
  'packages/cardano-headers/src/database/cutter.ts',
  'packages/cardano-headers/src/header/place.ts',
  'packages/cardano-headers/src/hex.ts',
  'packages/kes-sum/src/key/{key-scratch,signature-tail}.ts',
  'packages/kes-sum/src/tree/verification-tree.ts',
  'packages/kes-sum/src/verify/verifier.ts',
  'packages/verify-threads/src/batch.ts',
  'packages/sealed-log/src/format/tree.ts',
  'packages/memory-scan/src/{encodings,needle,pattern-table,process-memory,search}.ts',
];

const assertions = defineConfig({
  name: 'evolock/assertions',
  files: [packageSource, 'examples/**/*.ts'],
  ignores: [...hotLoops, '**/test/**'],
  rules: { '@typescript-eslint/no-non-null-assertion': 'error' },
});

const documentation = defineConfig({
  name: 'evolock/documentation',
  files: [packageSource],
  // Programs: nothing imports them.
  ignores: ['packages/{command-line,kes-cli}/**', 'packages/sealed-log/src/command/**'],
  plugins: { jsdoc },
  settings: { jsdoc: { mode: 'typescript' } },
  rules: {
    'jsdoc/require-jsdoc': [
      'error',
      {
        publicOnly: true,
        enableFixer: false,
        exemptOverloadedImplementations: true,
        checkConstructors: false,
        require: {
          FunctionDeclaration: true,
          ClassDeclaration: true,
          ArrowFunctionExpression: true,
        },
        contexts: ['TSInterfaceDeclaration', `${publicMethod}:not([override=true]) > *.value`],
      },
    ],
    'jsdoc/require-description': [
      'error',
      { contexts: [...exportedDeclarations, 'MethodDefinition', 'TSInterfaceDeclaration'] },
    ],
    'jsdoc/check-param-names': 'error',
    'jsdoc/check-tag-names': [
      'error',
      { definedTags: ['packageDocumentation', 'remarks', 'typeParam'] },
    ],
    'jsdoc/empty-tags': 'error',
    // The code has the types.
    'jsdoc/no-types': 'error',
  },
});

const relaxedTests = defineConfig({
  name: 'evolock/tests',
  files: tests,
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector: 'ImportSpecifier[imported.name="it"]',
        message: 'Import `test`, the one name that the tests use.',
      },
      {
        selector:
          'MemberExpression[property.name="only"][object.name=/^(?:test|describe|suite|bench)$/]',
        message: 'A focused test turns all others off.',
      },
      {
        selector:
          'MemberExpression[property.name="skip"][object.name=/^(?:test|describe|suite|bench)$/]',
        message: 'State when a test does not apply: test.skipIf(condition).',
      },
    ],
    // Off in tests: vectors are parsed JSON, and tests pass wrong arguments on purpose.
    '@typescript-eslint/no-unsafe-argument': 'off',
    '@typescript-eslint/no-unsafe-assignment': 'off',
    '@typescript-eslint/no-unsafe-call': 'off',
    '@typescript-eslint/no-unsafe-member-access': 'off',
    '@typescript-eslint/no-unsafe-return': 'off',
    // Off in tests: stubs are empty, asynchronous without awaiting, and passed unbound.
    '@typescript-eslint/no-empty-function': 'off',
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/unbound-method': 'off',
  },
});

/** The short run lets the files of a package share their modules, so a mock would reach other files, or come too late. */
const shortTests = defineConfig({
  name: 'evolock/short-tests',
  files: ['**/test/**/*.test.ts'],
  ignores: ['**/*.long.test.ts'],
  rules: {
    'no-restricted-properties': [
      'error',
      { object: 'vi', property: 'mock', message: 'Mock a module in a `*.long.test.ts` file.' },
    ],
  },
});

/**
 * `npm test` lints without information on types, which takes two thirds of the time of lint, and without the rules that read
 * manifests and doc comments, which take a sixth of the rest. `npm run lint` and CI have all rules.
 */
const quick = defineConfig({
  name: 'evolock/quick',
  files: [code],
  extends: [tseslint.configs.disableTypeChecked],
  rules: { 'n/no-extraneous-import': 'off', 'n/no-unpublished-import': 'off' },
  languageOptions: { parserOptions: { project: false } },
  linterOptions: { reportUnusedDisableDirectives: 'off' },
});

const plainJavaScript = defineConfig({
  name: 'evolock/javascript',
  files: ['**/*.{js,mjs}'],
  // Off: tsc checks the types of files that ask for it. Other files have no type information.
  extends: [tseslint.configs.disableTypeChecked],
  languageOptions: {
    globals: n.configs['flat/recommended-module'].languageOptions?.['globals'] ?? {},
  },
});

export default defineConfig(
  globalIgnores([
    '**/dist',
    '**/coverage',
    '**/.examples',
    '**/.turbo',
    '**/vectors',
    'site/components',
    'site/pages/api',
  ]),
  ...everywhere,
  ...source,
  ...imports,
  ...copied.flat(),
  ...ofCommandAlone,
  ...assertions,
  ...relaxedTests,
  ...shortTests,
  ...(process.env['EVOLOCK_SHORT_LINT'] === '1' ? quick : documentation),
  ...plainJavaScript,
  prettier,
);
