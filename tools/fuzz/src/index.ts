export { branchCounters } from "./engine/branch-counters.ts";
export { Campaign, type CampaignLimits, type CampaignResult, type Finding } from "./engine/campaign.ts";
export { fromBase64, readCorpus } from "./engine/corpus.ts";
export { instrument } from "./engine/instrument.ts";
export { shrink } from "./engine/shrink.ts";
export { Broken, type Target } from "./target.ts";
export { targets } from "./targets/index.ts";
