// `npm run bench`: sets up what is missing, then runs the benchmarks; `npm run bench -- --help` tells what can be chosen.
import { prepare } from "./prepare.js";

prepare();
await import("../dist/bench/main.js");
