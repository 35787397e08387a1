// The clock as something that can be drawn: it ticks once a second while somebody looks.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { nowSeconds } from "./time";

export const now = signal(nowSeconds());

export function useTicking(): number {
  useEffect(() => {
    const tick = () => (now.value = nowSeconds());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  return now.value;
}
