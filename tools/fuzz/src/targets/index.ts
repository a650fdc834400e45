import type { Target } from "../target.ts";
import { envelopeTarget } from "./envelope.ts";
import { groupsTarget } from "./groups.ts";
import { framesTarget, ringIdFileTarget, ringMessageTargets } from "./local-bytes.ts";
import { receiveTargets } from "./receive.ts";
import { ringOfTwoTarget } from "./ring-of-two.ts";
import { wireTargets } from "./wire.ts";

export const targets: readonly Target[] = [
  ...wireTargets,
  envelopeTarget,
  groupsTarget,
  ...receiveTargets,
  ringOfTwoTarget,
  ringIdFileTarget(),
  framesTarget,
  ...ringMessageTargets,
];
