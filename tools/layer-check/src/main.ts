import { resolve } from "node:path";
import { runLayerCheck } from "./index.ts";

process.exitCode = runLayerCheck(resolve(process.argv[2] ?? "."), (line) => console.log(line));
