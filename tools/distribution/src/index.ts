export { DEBIAN_NAME } from "./debian-package.ts";
export { debianPrerequisites } from "./debian-prerequisites.ts";
export { type Distribution, type DistributionOptions, makeDistribution } from "./distribution.ts";
export { manPageSources, renderManPage } from "./man-page.ts";
