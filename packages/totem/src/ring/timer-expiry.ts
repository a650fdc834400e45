import { Timer, type TimerId } from "./deadlines.ts";
import { abandonRecovery, consensusExpired, joinTimerExpired } from "./gather.ts";
import { mergeTimerExpired } from "./operational.ts";
import { GatherReason, type RingCore } from "./ring-core.ts";
import { statisticsTimerExpired } from "./statistics.ts";

/** What each timer does when it expires (spec totem section 5). */
export function timerExpired(core: RingCore, timer: TimerId): void {
  switch (timer) {
    case Timer.token:
      tokenLost(core);
      break;
    case Timer.heartbeat:
      core.log("debug", `HeartBeat Timer expired Invoking token loss mechanism in state ${core.state} `);
      tokenLost(core);
      break;
    case Timer.tokenWarning:
      core.log(
        "notice",
        `Token has not been received in ${Math.round(core.nowMs - core.lastTokenReceivedMs)} ms`,
      );
      if (core.config.tokenWarningPercent > 0)
        core.deadlines.arm(Timer.tokenWarning, core.nowMs + core.tokenWarningMs);
      break;
    case Timer.tokenRetransmit:
      if (core.state === "gather") break;
      core.sendSavedToken();
      core.armTokenRetransmit();
      break;
    case Timer.hold:
      if (core.state === "operational" || core.state === "recovery") core.sendSavedToken();
      break;
    case Timer.merge:
      mergeTimerExpired(core);
      break;
    case Timer.join:
      joinTimerExpired(core);
      break;
    case Timer.sendJoin:
      core.sendJoin();
      break;
    case Timer.consensus:
      consensusExpired(core);
      break;
    case Timer.statistics:
      statisticsTimerExpired(core);
      break;
    case Timer.pause:
      core.lastPauseCheckMs = core.nowMs;
      core.deadlines.arm(Timer.pause, core.nowMs + core.config.tokenTimeoutMs / 5);
      break;
  }
}

/** The token timer, in any state (spec totem section 12). */
export function tokenLost(core: RingCore): void {
  const { config, counters, transitions } = core;
  switch (core.state) {
    case "operational":
      core.log("debug", "The token was lost in the OPERATIONAL state.");
      core.log(
        "notice",
        `A processor failed, forming new configuration: token timed out (${config.tokenTimeoutMs}ms), waiting ${config.consensusMs}ms for consensus.`,
      );
      transitions.gather(GatherReason.tokenLostInOperational);
      counters.operational_token_lost++;
      break;
    case "gather":
      core.log("debug", `The consensus timeout expired (${config.consensusMs}ms).`);
      consensusExpired(core);
      transitions.gather(GatherReason.consensusTimeoutExpired);
      counters.gather_token_lost++;
      break;
    case "commit":
      core.log("debug", "The token was lost in the COMMIT state.");
      transitions.gather(GatherReason.tokenLostInCommit);
      counters.commit_token_lost++;
      break;
    case "recovery":
      core.log("debug", "The token was lost in the RECOVERY state.");
      abandonRecovery(core);
      break;
  }
}
