// npm runs this before it packs: the package carries this platform's binary in prebuilds/, where lib/native.ts looks.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/run.mjs';
import { build } from './build.mjs';

await build();
const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
mkdirSync(folder, { recursive: true });
const binary = join(folder, 'strided.node');
copyFileSync(join(root, 'build', 'Release', 'strided.node'), binary);
if (process.platform === 'linux') execFileSync('strip', ['--strip-unneeded', binary]);
