/** scripts/test-nodes.mjs uses a Node only when it was installed whole, and says what is wrong. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(__dirname, '..', '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strided-nodes-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The script's output where `npm` is this shell script, in which $package is what it is asked for. */
function testNodes(major: string, npm: string) {
  const head = '#!/bin/sh\nfor package; do :; done\nbin="node_modules/$(echo "$package" | sed s/@.*//)/bin"\n';
  writeFileSync(join(folder, 'npm'), `${head}${npm}\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'test-nodes.mjs'), major], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  return {
    status,
    stdout,
    stderr: stderr.replaceAll(/node-[\w-]+@/g, 'PACKAGE@').replace(/for \w+-\w+$/m, 'for HERE'),
  };
}

test.each([
  [
    'has no package for the platform',
    'echo "npm error code E404" >&2; exit 1',
    'node 9999: the npm registry has no PACKAGE@9999, which is Node 9999 for HERE\n',
  ],
  [
    'fails half way',
    'mkdir -p "$bin"; echo half > "$bin/node"; echo "npm error network" >&2; exit 1',
    'node 9999: npm could not install PACKAGE@9999\nnpm error network\n',
  ],
  [
    'installs what does not run',
    'mkdir -p "$bin"; echo half > "$bin/node"; chmod +x "$bin/node"',
    'node 9999: PACKAGE@9999 is installed, but does not run here as Node 9999\n',
  ],
  [
    'installs another version',
    'mkdir -p "$bin"; printf "#!/bin/sh\\necho v1.2.3\\n" > "$bin/node"; chmod +x "$bin/node"',
    'node 9999: PACKAGE@9999 is installed, but does not run here as Node 9999\n',
  ],
])('npm %s: an error, and nothing is left', (_, npm, stderr) => {
  expect(testNodes('9999', npm)).toEqual({ status: 1, stdout: 'nodes: 0 passed, 1 failed\n', stderr });
  expect(readdirSync(join(root, 'build', 'nodes')).filter((name) => name.startsWith('9999'))).toEqual([]);
});

test('a word that is no version is refused', () => {
  const stderr = 'node latest: expected a major version such as 22\n';
  expect(testNodes('latest', 'exit 1')).toEqual({ status: 1, stdout: 'nodes: 0 passed, 1 failed\n', stderr });
});
