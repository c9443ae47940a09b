// npm run test:nodes [-- majors]: the tests that lean on Node itself (its collector, threads, processes), with the
// newest Node of each major version. These come from the npm registry, once, and stay in build/nodes/<major>.
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { provideNode, supportedNodes, versionOf } from './build/nodes.mjs';
import { BuildError, root, run } from './build/run.mjs';

const suites = ['memory', 'tidy', 'workers', 'autograd', 'notebooks'];
const folder = join(root, 'build', 'nodes');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

const majors = process.argv.length > 2 ? process.argv.slice(2) : supportedNodes;
let failed = 0;
for (const major of majors) {
  try {
    if (!/^\d+$/.test(major)) throw new BuildError('expected a major version such as 22');
    const program = await provideNode(major);
    console.log(`node ${versionOf(program)}: ${await test(program, join(folder, `${major}.json`))}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    failed++;
    console.error(`node ${major}: ${error.message}`);
  }
}
console.log(`nodes: ${majors.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Runs the suites with this Node; returns how many tests passed in what time, or throws with what jest wrote. */
async function test(program, report) {
  const paths = suites.map((name) => join(root, 'build', 'test', `${name}.test.js`));
  const lines = [];
  const started = performance.now();
  rmSync(report, { force: true });
  await run(program, [jest, '--json', `--outputFile=${report}`, '--runTestsByPath', ...paths], (line) =>
    lines.push(line),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const outcome = read(report);
  if (outcome?.success && outcome.numPassedTestSuites === suites.length)
    return `${outcome.numPassedTests} tests passed in ${seconds} s`;
  const what = outcome
    ? `${outcome.numFailedTests} of ${outcome.numTotalTests} tests failed, ` +
      `${outcome.numPassedTestSuites} of ${suites.length} suites passed`
    : 'jest ended without a report';
  throw new BuildError([...lines, `Node ${versionOf(program)}: ${what} in ${seconds} s`].join('\n'));
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}
