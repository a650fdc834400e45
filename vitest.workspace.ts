import { defineConfig } from "vitest/config";

/**
 * Every package, app and tool is a vitest project of its own. Workspace packages resolve to their
 * sources (the "@corosync/source" export condition), so tests never run against a stale build.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["@corosync/source"] } },
  test: { projects: ["packages/*", "apps/*", "tools/*"] },
});
