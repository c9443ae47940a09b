/** The process of one memory workload: its name and the number of threads come in, its samples go out as JSON. */
import { set_num_threads } from '../../index.js';
import { memory } from './workloads/memory.js';

const [name, threads] = process.argv.slice(2);
const chosen = memory.find((workload) => workload.name === name);
if (!chosen) throw new Error(`no memory workload '${name}'`);
set_num_threads(Number(threads));
console.log(JSON.stringify(chosen.run()));
