import { defineConfig } from "vitest/config";

/**
 * Tests with C Corosync. They lay out network namespaces and start daemons, so they run one file
 * at a time, and wait for real token timeouts.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["@corosync/source"] } },
  test: {
    name: "interop",
    include: ["{packages,apps,tools}/*/{src,test}/**/*.interop.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
