// Brings the build up to date: node scripts/build.mjs [native] [lib] [test] [examples]; without words the
// addon and the library. What a target needs is built before it; what is up to date is left alone.
import { withLock } from './build/lock.mjs';
import { buildNative } from './build/native.mjs';
import { BuildError } from './build/run.mjs';
import { buildLibrary, buildProgram } from './build/typescript.mjs';

const programs = ['test', 'examples'];
const steps = { native: buildNative, lib: buildLibrary };
for (const program of programs) steps[program] = () => buildProgram(program);

export async function build(targets = ['lib']) {
  const wanted = new Set(targets);
  for (const target of wanted) {
    if (!(target in steps))
      throw new BuildError(`unknown target '${target}': there are ${Object.keys(steps).join(', ')}`);
  }
  if (programs.some((program) => wanted.has(program))) wanted.add('lib');
  // The library's ES module wrapper lists the names of the loaded library, and loading needs the addon.
  if (wanted.has('lib')) wanted.add('native');
  await withLock(async () => {
    for (const [name, step] of Object.entries(steps)) if (wanted.has(name)) await step();
  });
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
