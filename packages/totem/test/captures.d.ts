export interface CapturedPacket {
  readonly t_ms: number;
  readonly src: string;
  readonly hex: string;
  readonly decoded: {
    readonly byte_order: "little" | "big";
    readonly msg: string;
    readonly header: {
      readonly type: number;
      readonly encapsulated: number;
      readonly nodeid: number;
    };
    readonly [field: string]: unknown;
  };
}
export declare function readVector(name: string): unknown;
/** Every packet of every capture of the C daemon on udpu, with the name of its capture. */
export declare function capturedPackets(): {
  capture: string;
  packet: CapturedPacket;
  bytes: Uint8Array;
}[];
//# sourceMappingURL=captures.d.ts.map
