// What is run with the installed package: as ES modules, CommonJS and TypeScript of both kinds, and in worker threads.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../build/run.mjs';

const training = `
const x = torch.linspace(-1, 1, 64).reshape(64, 1);
const y = x.mul(3).add(1);
const net = new torch.nn.Linear(1, 1);
const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.5 });
for (let i = 0; i < 100; i++) {
  optimizer.zero_grad();
  torch.nn.functional.mse_loss(net(x), y).backward();
  optimizer.step();
}
const [slope, offset] = [net.weight.item(), net.bias.item()];
if (Math.abs(slope - 3) + Math.abs(offset - 1) > 1e-3) throw new Error(\`learned \${slope} x + \${offset}, not 3 x + 1\`);
`;

const plain = {
  'require.cjs': `const torch = require('strided');\n${training}`,
  'import.mjs': `import * as torch from 'strided';\n${training}`,
  'default.mjs': `import torch from 'strided';\n${training}`,
  'same.mjs': `import * as torch from 'strided';
import { createRequire } from 'node:module';
const required = createRequire(import.meta.url)('strided');
const missing = Object.keys(required).filter((name) => !Object.is(torch[name], required[name]));
if (missing.length > 0) throw new Error(\`import lacks \${missing}\`);
`,
  'workers.mjs': `import { Worker } from 'node:worker_threads';
const run = (file) => new Promise((done, failed) => {
  new Worker(new URL(file, import.meta.url)).on('error', failed).on('exit', (code) => (code ? failed(code) : done()));
});
await Promise.all(['./require.cjs', './import.mjs', './readme.mjs', './readme.cjs'].map(run));
`,
};

const config = {
  compilerOptions: { module: 'node20', target: 'ES2022', strict: true, types: ['node'], rootDir: '.', outDir: '.' },
  include: ['*.mts', '*.cts', 'esm', 'cjs', 'types'],
  // By default, what is in outDir.
  exclude: ['node_modules'],
};

/**
 * Writes the programs, sources in TypeScript included, into the folder of the installed package. Returns, by its file,
 * what each is to print; null where it does not matter.
 */
export function writePrograms(folder) {
  const outputs = {};
  for (const [name, text] of Object.entries(plain)) {
    writeFileSync(join(folder, name), text);
    outputs[name] = name === 'workers.mjs' ? null : '';
  }
  const [, example] = /## Example\n+```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  for (const name of ['readme.mts', 'readme.cts']) {
    writeFileSync(join(folder, name), example);
    outputs[name.replace('ts', 'js')] = null;
  }
  cpSync(join(root, 'test', 'package'), join(folder, 'types'), { recursive: true });
  for (const [kind, type] of Object.entries({ esm: 'module', cjs: 'commonjs' })) {
    mkdirSync(join(folder, kind));
    writeFileSync(join(folder, kind, 'package.json'), JSON.stringify({ type }));
    Object.assign(outputs, writeNotebooks(folder, kind));
  }
  Object.assign(outputs, writeBundles(folder));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return outputs;
}

/** Programs that bundlers made: one that leaves the package alone works, others are told to. */
function writeBundles(folder) {
  const outputs = {};
  const make = (name, options) => {
    mkdirSync(join(folder, name));
    const outfile = join(folder, name, name.startsWith('esm') ? 'out.mjs' : 'out.cjs');
    buildSync({ bundle: true, platform: 'node', logLevel: 'silent', absWorkingDir: folder, outfile, ...options });
    return outfile.slice(folder.length + 1).replaceAll('\\', '/');
  };
  outputs[make('cjs-external', { entryPoints: ['import.mjs'], format: 'cjs', external: ['strided'] })] = '';
  outputs[make('esm-external', { entryPoints: ['import.mjs'], format: 'esm', external: ['strided'] })] = '';
  const inside = [
    make('cjs-inside', { entryPoints: ['import.mjs'], format: 'cjs' }),
    make('esm-inside', { entryPoints: ['import.mjs'], format: 'esm' }),
    make('required-inside', { entryPoints: ['require.cjs'], format: 'cjs' }),
  ];
  const text = `const files = ${JSON.stringify(inside)};
for (const file of files) {
  const said = await import('./' + file).then(() => 'nothing', (error) => error.message);
  if (!said.includes('esbuild: --external:strided')) throw new Error(\`\${file} says \${said}\`);
}
`;
  writeFileSync(join(folder, 'bundles.mjs'), text);
  outputs['bundles.mjs'] = '';
  return outputs;
}

function writeNotebooks(folder, kind) {
  const outputs = {};
  const sources = join(root, 'examples', 'notebooks');
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
    let text = readFileSync(join(sources, file), 'utf8').replaceAll("from './python'", "from './python.js'");
    // An ES module has no `module` to be compared with the main one.
    if (kind === 'esm')
      text = text
        .replace('notebook(module, ', 'notebook(null, ')
        .replace('notebook(file: NodeJS.Module, ', 'notebook(file: null, ')
        .replace('require.main === file', 'file === null');
    writeFileSync(join(folder, kind, file), text);
  }
  for (const [name, output] of Object.entries(expectedOutputs())) outputs[`${kind}/${name}.js`] = output;
  return outputs;
}

/** By the notebook, what PyTorch printed. */
export function expectedOutputs() {
  const names = readdirSync(join(root, 'test', 'notebooks')).map((file) => file.replace(/\.json$/, ''));
  return Object.fromEntries(names.map((name) => [name, expected(name)]));
}

/** With our version where PyTorch printed its own. */
function expected(notebook) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const text = readFileSync(join(root, 'test', 'notebooks', `${notebook}.json`), 'utf8').replaceAll('VERSION', version);
  return JSON.parse(text)
    .cells.map(({ stdout, result }) => stdout + (result === null ? '' : `${result}\n`))
    .join('');
}
