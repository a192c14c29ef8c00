/** The rule of the arrows: main -> app.module -> features -> ports -> pure. See docs/ARCHITECTURE.md. */
const PURE = '^src/(sketch|identity|protocol|clock)/';
const FEATURES =
  '^src/(tracking|stats|reporting|federation|compat|keys|retention|metrics|accounts|settings|backup|dashboard|badge|middleware|demo|cli)/';
const DRIVERS = 'node_modules/(better-sqlite3|typeorm|redis|@redis|pg)/';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'pure-imports-only-pure',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: PURE },
    },
    {
      name: 'pure-has-no-framework-and-no-driver',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: { path: `(node_modules/(@nestjs|fastify|@fastify|rxjs|axios)/)|${DRIVERS}` },
    },
    {
      name: 'pure-does-no-io',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|http|https|child_process|dns|tls|worker_threads|os)(/|$)',
      },
    },
    {
      name: 'only-adapters-import-drivers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/storage/(sqlite|redis|relational)/|\\.spec\\.ts$' },
      to: { path: DRIVERS },
    },
    {
      name: 'only-wiring-chooses-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(storage/|app\\.module|main)|\\.spec\\.ts$' },
      to: { path: '^src/storage/(sqlite|redis|relational|memory|file)/' },
    },
    {
      name: 'storage-knows-no-feature',
      severity: 'error',
      from: { path: '^src/storage/' },
      to: { path: FEATURES },
    },
    {
      name: 'federation-core-has-no-nest',
      severity: 'error',
      from: { path: '^src/federation/core/', pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/(@nestjs|fastify|axios)/' },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench|scripts)/|\\.spec\\.ts$' },
    },
    {
      name: 'pages-take-only-types-of-the-node',
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^src/',
        pathNot: '^src/sketch/(rounded|interval|sketch|murmur-hash)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-node-serves-pages-and-imports-none',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    // These declare their exports in a form that the resolver here does not read; Node does.
    {
      name: 'not-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(structured-headers|vite)$|\\.css$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
