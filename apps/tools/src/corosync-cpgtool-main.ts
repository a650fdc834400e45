#!/usr/bin/env node
import { connect } from "@corosync/client";
import { endWithClosedPipe } from "./closed-pipe.ts";
import { runCpgtool } from "./corosync-cpgtool.ts";

endWithClosedPipe();
process.exitCode = await runCpgtool(process.argv.slice(2), {
  stdout: (bytes) => process.stdout.write(bytes),
  stderr: (text) => process.stderr.write(text),
  connect: () => connect({ waitUntilReady: false }),
});
