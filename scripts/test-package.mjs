// npm run test:package: what is shipped is what is tested. Packs, installs the tarball without install scripts in an
// empty folder, and there trains from CommonJS and from an ES module.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build/run.mjs';

const program = `
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

const programs = {
  'require.cjs': `const torch = require('strided');\n${program}`,
  'import.mjs': `import * as torch from 'strided';\n${program}`,
  'default.mjs': `import torch from 'strided';\n${program}`,
  'same.mjs': `import * as torch from 'strided';
import { createRequire } from 'node:module';
const required = createRequire(import.meta.url)('strided');
const missing = Object.keys(required).filter((name) => torch[name] !== required[name]);
if (missing.length > 0) throw new Error(\`import lacks \${missing}\`);
`,
};

const folder = mkdtempSync(join(tmpdir(), 'strided-package-'));
let failed = 0;
try {
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ filename, files, unpackedSize }] = JSON.parse(
    npm(['pack', '--json', '--silent', '--pack-destination', folder], root),
  );
  check('the tarball holds the binary', () => {
    const binary = `prebuilds/${process.platform}-${process.arch}/strided.node`;
    if (!files.some(({ path }) => path === binary)) throw new Error(`${binary} is not in ${filename}`);
  });
  check('the package is below 8 MB', () => {
    const size = `${(unpackedSize / 1e6).toFixed(1)} MB unpacked`;
    if (unpackedSize > 8e6) throw new Error(size);
    console.log(`package: ${size}`);
  });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename)], folder);
  for (const [name, text] of Object.entries(programs)) {
    check(name, () => {
      writeFileSync(join(folder, name), text);
      execFileSync(process.execPath, [name], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`package: ${Object.keys(programs).length + 2 - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function check(name, body) {
  try {
    body();
  } catch (error) {
    failed++;
    console.error(`package: ${name}: ${error.message}`);
  }
}
