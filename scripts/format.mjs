// npm run format: rewrites the code in the project's style; tables (*.def) stay as their authors aligned them.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/run.mjs';
import { readCode } from './check/files.mjs';
import { biome, formatCpp } from './check/format.mjs';

for (const { path, formatted } of formatCpp(root, readCode(root))) writeFileSync(join(root, path), formatted);
process.exitCode = spawnSync(biome, ['check', '--write'], { cwd: root, stdio: 'inherit' }).status;
