"use client";

import { useEffect, useState } from "react";
import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import { run } from "../../shared/run.js";

const wasm = () => new URL("cloud-witness/wasm", import.meta.url);

export default function Page() {
  const [result, setResult] = useState("");
  useEffect(() => {
    (async () => {
      const sample = await (await fetch("/sample.json")).json();
      await init(await fetch(wasm()));
      setResult(JSON.stringify(await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample)));
    })();
  }, []);
  return <main data-result={result} />;
}
