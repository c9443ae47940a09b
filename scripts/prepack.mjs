// npm runs this before it packs: the package carries this platform's binary in prebuilds/, where lib/loader.ts looks, and
// those of other platforms that are there already.
import { build } from './build.mjs';
import { prebuild } from './prebuild.mjs';

await build();
await prebuild();
