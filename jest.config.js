/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/web/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
  // On two processors the default is one: everything in one process, whose memory grows from file to file.
  maxWorkers: '100%',
  testTimeout: 30_000,
};
