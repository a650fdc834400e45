import { defineProject } from "vitest/config";

export default defineProject({
  ssr: { resolve: { conditions: ["@corosync/source"] } },
  test: {
    name: "fuzz",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/*.interop.test.ts"],
  },
});
