// What the page asks its worker for, and what comes back.

import type { VerifyRequest } from "cloud-witness";
import type { Fault } from "./fault";

export type Ask =
  | { name: "init"; module: WebAssembly.Module }
  | { name: "verify"; request: VerifyRequest }
  | { name: "sha256"; bytes: Uint8Array };

export interface Call {
  id: number;
  ask: Ask;
}

export type Answer = { id: number; value: unknown } | { id: number; fault: Fault };
