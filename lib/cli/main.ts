#!/usr/bin/env node
/** The command `strided`. */
import { bench } from './bench/command.js';
import { UsageError } from './usage-error.js';

const USAGE = `Usage: strided <command> [options]

  bench      times the library's operations; strided bench --help says more
  --version  shows the version
  --help     shows this text`;

async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'bench':
      return bench(args);
    case '--version':
      console.log((require('../../package.json') as { version: string }).version);
      return 0;
    case undefined:
    case '--help':
      console.log(USAGE);
      return 0;
    default:
      throw new UsageError(`strided: unknown command '${command}'; strided --help lists them`);
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  },
);
