/**
 * Numbers that a start takes, where they are fewer than the file may say: the least and the greatest, with
 * the defaults of other keys. A token of 126 ms is the shortest that leaves 30 ms between retransmits.
 */
export const ACCEPTED_RANGES: Readonly<Record<string, readonly [least: bigint, most?: bigint]>> = {
  "totem.token": [126n],
  "totem.token_retransmit": [30n],
  "totem.join": [30n],
  "totem.consensus": [50n],
  "totem.merge": [30n],
  "totem.downcheck": [30n],
  "totem.max_network_delay": [30n],
  "totem.hold": [14n],
  "totem.token_warning": [0n, 100n],
  "totem.version": [2n, 2n],
  "totem.interface.mcastport": [1n],
  "totem.interface.linknumber": [0n, 7n],
};
