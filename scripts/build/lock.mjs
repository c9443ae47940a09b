import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildError, root } from './run.mjs';

const folder = join(root, 'build');
const lock = join(folder, '.lock');
const patience = 15 * 60_000;

/** Runs `body` while no other build of this folder runs; waits for one that does. */
export async function withLock(body) {
  const deadline = Date.now() + patience;
  for (let told = false; !take(); told = true) {
    const owner = readOwner();
    if (owner && !isAlive(owner)) rmSync(lock, { force: true });
    if (owner && !told) console.error(`build: waiting for process ${owner}, which builds here`);
    if (Date.now() > deadline) throw new BuildError(`build: gave up waiting for process ${owner}; if it hangs, end it`);
    await sleep(200);
  }
  process.on('exit', release);
  // An ended build must not leave its lock, and the exit event does not come with a signal.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  try {
    return await body();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** A link appears complete or not at all, so nobody reads a lock without its owner in it. */
function take() {
  const own = `${lock}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function release() {
  if (readOwner() === process.pid) rmSync(lock, { force: true });
}

function readOwner() {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
