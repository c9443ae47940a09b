// The tests are plain JavaScript by the time jest sees them: scripts/build.mjs has compiled test/ to build/test/.
export default {
  roots: ['<rootDir>/build/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  moduleNameMapper: { '^strided$': '<rootDir>/dist/index.js', '^\\.\\./package\\.json$': '<rootDir>/package.json' },
  testTimeout: 60_000,
  maxWorkers: 2,
};
